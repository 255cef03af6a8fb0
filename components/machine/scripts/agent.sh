# shellcheck shell=bash
# shellcheck disable=SC2154  # `state` belongs to the common steps

agent_ctl=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl

# start_agent FILE: with the settings in FILE, now and at every boot.
start_agent() {
  if cmp -s "$1" "$state/agent.json" && systemctl is-active --quiet amazon-cloudwatch-agent.service; then
    return 0
  fi
  systemctl enable --now rsyslog.service # which Amazon Linux does not start by itself
  "$agent_ctl" -a fetch-config -m ec2 -s -c "file:$1"
  cp "$1" "$state/agent.json"
}
