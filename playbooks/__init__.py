"""What happens on hosts: Ansible content and the migration engine (to come)."""
