"""A real node beside the simulated ones: containerd, kubelet, pods that are containers."""
