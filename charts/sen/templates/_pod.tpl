{{- /* Annotations of a pod: who vouches for it, why it speaks to the API. (list . reason) */ -}}
{{- define "sen.annotations" -}}
{{- $root := index . 0 -}}
sen.gov.vn/uses-api: {{ index . 1 | quote }}
{{- range $name, $value := $root.Values.attestations }}
{{- if $value }}
sen.gov.vn/{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What both parts' pods share. (list . "portal") */ -}}
{{- define "sen.pod" -}}
{{- $root := index . 0 -}}
{{- $part := index . 1 -}}
serviceAccountName: sen-{{ $part }}
automountServiceAccountToken: false
enableServiceLinks: false
hostUsers: {{ $root.Values.hostUsers }}
priorityClassName: sen-level-{{ $root.Values.level }}
terminationGracePeriodSeconds: 60
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  supplementalGroupsPolicy: Strict
  seccompProfile: {type: RuntimeDefault}
affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "sen.selector" . | nindent 12 }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "sen.selector" . | nindent 8 }}
{{- end }}

{{- define "sen.container" -}}
image: {{ include "sen.image" . }}
imagePullPolicy: IfNotPresent
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities: {drop: [ALL]}
  seccompProfile: {type: RuntimeDefault}
startupProbe:
  httpGet: {path: /healthz, port: http}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}

{{- /* Where a process in the cluster finds its platform; the configuration sen-state says the rest. */ -}}
{{- define "sen.environment" -}}
- {name: SEN_RUN_FOLDER, value: /run/sen}
- {name: SEN_S3_ENDPOINT, value: {{ .Values.state.endpoint | quote }}}
- {name: SEN_STATE_BUCKET, value: {{ .Values.state.bucket | quote }}}
- {name: SEN_EVIDENCE_BUCKET, value: {{ .Values.state.evidenceBucket | quote }}}
- {name: AWS_SHARED_CREDENTIALS_FILE, value: /etc/sen/state/s3-credentials}
- {name: PULUMI_CONFIG_PASSPHRASE_FILE, value: /etc/sen/state/passphrase}
{{- include "sen.trusting" . }}
{{- end }}

{{- /* Whom the parts believe on TLS, where a place says it: for OpenSSL and Go, and for boto. */ -}}
{{- define "sen.trusting" -}}
{{- if .Values.trust.existingConfigMap }}
- {name: SSL_CERT_FILE, value: /etc/sen/trust/ca.crt}
- {name: AWS_CA_BUNDLE, value: /etc/sen/trust/ca.crt}
{{- end }}
{{- end }}
{{- define "sen.trust.mount" -}}
{{- if .Values.trust.existingConfigMap }}
- {name: trust, mountPath: /etc/sen/trust, readOnly: true}
{{- end }}
{{- end }}
{{- define "sen.trust.volume" -}}
{{- with .Values.trust.existingConfigMap }}
- name: trust
  configMap: {name: {{ . }}, defaultMode: 0440}
{{- end }}
{{- end }}

{{- /* The account's token for an hour at a time, and what verifies the API server. */ -}}
{{- define "sen.token" -}}
- name: token
  projected:
    defaultMode: 0440
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
      - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
{{- end }}
