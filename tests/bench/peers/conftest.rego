package main

import rego.v1

pod := input.spec if input.kind == "Pod"

pod := input.spec.template.spec if input.kind in {"Deployment", "StatefulSet"}

pod := input.spec.jobTemplate.spec.template.spec if input.kind == "CronJob"

deny contains "privileged" if some c in pod.containers; c.securityContext.privileged

deny contains "host path" if some v in pod.volumes; v.hostPath

deny contains "host network" if pod.hostNetwork

deny contains "not non-root" if {
	not pod.securityContext.runAsNonRoot
	some c in pod.containers
	not c.securityContext.runAsNonRoot
}

deny contains "no digest" if some c in pod.containers; not contains(c.image, "@sha256:")

deny contains "no cpu limit" if some c in pod.containers; not c.resources.limits.cpu

deny contains "no memory limit" if some c in pod.containers; not c.resources.limits.memory

deny contains "escalation" if some c in pod.containers; not c.securityContext.allowPrivilegeEscalation == false

deny contains "writable root" if some c in pod.containers; not c.securityContext.readOnlyRootFilesystem

deny contains "capabilities" if some c in pod.containers; not "ALL" in c.securityContext.capabilities.drop
