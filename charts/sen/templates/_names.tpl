{{- /* Labels of every object; of a part where one is named. */ -}}
{{- define "sen.labels" -}}
app.kubernetes.io/name: sen
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: sen
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
sen.gov.vn/system: sen
sen.gov.vn/level: {{ .Values.level | quote }}
sen.gov.vn/zone: management
{{- end }}

{{- /* What selects the pods of a part: (list . "portal"). */ -}}
{{- define "sen.selector" -}}
app.kubernetes.io/name: sen
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "sen.image" -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- end }}

{{- /* Addresses of a destination as peers. */ -}}
{{- define "sen.blocks" -}}
{{- range . }}
- ipBlock: {cidr: {{ . | quote }}}
{{- end }}
{{- end }}
