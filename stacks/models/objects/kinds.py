"""The kinds: what each is called, shows in a list, and never lets change."""

from stacks.models.objects.agency import AgencySpec
from stacks.models.objects.agreement import AgreementSpec
from stacks.models.objects.approval import ApprovalSpec, ApprovalStatus
from stacks.models.objects.delegation import RULES as DELEGATION_RULES
from stacks.models.objects.delegation import DelegationSpec
from stacks.models.objects.kind import ENDS_AFTER_START, Column, ObjectKind, Rule, unchanged
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.status import RequestStatus, Status, TenantStatus
from stacks.models.objects.tenant import TenantSpec
from stacks.models.objects.waiver import RULES as WAIVER_RULES
from stacks.models.objects.waiver import WaiverSpec
from stacks.models.objects.wave import RULES as WAVE_RULES
from stacks.models.objects.wave import WaveSpec, WaveStatus

_AGE = Column("Age", ".metadata.creationTimestamp", "date")
_READY = Column("Ready", '.status.conditions[?(@.type=="Ready")].status')
_PRICE = Column("VND/month", ".status.price_vnd", "integer")
_ENDS = Column("Ends", ".spec.ends")

AGENCY = ObjectKind(
    name="Agency",
    plural="agencies",
    short="agy",
    spec=AgencySpec,
    status=Status,
    namespaced=False,
    columns=(
        Column("Code", ".spec.code"),
        Column("Name", ".spec.name.vi"),
        Column("Parent", ".spec.parent"),
        _AGE,
    ),
    rules=(unchanged("code", "code"),),
)
REQUEST = ObjectKind(
    name="TenantRequest",
    plural="tenantrequests",
    short="treq",
    spec=RequestSpec,
    status=RequestStatus,
    columns=(
        Column("Agency", ".spec.agency"),
        Column("System", ".spec.system.slug"),
        Column("Stage", ".spec.stage"),
        Column("Level", ".spec.system.level", "integer"),
        Column("Phase", ".status.phase"),
        _PRICE,
        Column("Waits for", ".status.waits_for", wide=True),
        _ENDS,
        _AGE,
    ),
    rules=(
        unchanged("agency", "agency"),
        unchanged("system.slug", "system.slug"),
        unchanged("stage", "stage"),
        unchanged("starts", "starts"),
        unchanged("requested_by", "requested_by"),
        Rule(
            "has(self.takes) == has(oldSelf.takes)"
            " && (!has(self.takes) || self.takes == oldSelf.takes)",
            "takes là định danh, không đổi được / takes is identity and cannot change",
        ),
        Rule(
            "!has(self.transfer_to) || self.transfer_to != self.agency",
            "phải chuyển giao cho cơ quan khác / it is handed on to another agency",
        ),
        ENDS_AFTER_START,
    ),
)
APPROVAL = ObjectKind(
    name="Approval",
    plural="approvals",
    short="appr",
    spec=ApprovalSpec,
    status=ApprovalStatus,
    columns=(
        Column("Request", ".spec.request"),
        Column("Role", ".spec.role"),
        Column("Decision", ".spec.decision"),
        Column("By", ".spec.by"),
        Column("Counts", ".status.counts", "boolean"),
        _AGE,
    ),
    rules=(
        Rule(
            "self == oldSelf",
            "quyết định không sửa được; hãy tạo mới / a decision never changes; make another",
        ),
        Rule(
            "self.role != 'superior' || has(self.document)",
            "cấp trên phê duyệt phải ghi số văn bản / a superior's decision names its document",
        ),
        Rule(
            "self.decision != 'reject' || has(self.reason)",
            "từ chối phải nêu lý do / a refusal gives its reason",
        ),
    ),
)
TENANT = ObjectKind(
    name="Tenant",
    plural="tenants",
    short="ten",
    spec=TenantSpec,
    status=TenantStatus,
    columns=(
        Column("Agency", ".spec.agency"),
        Column("Level", ".spec.level", "integer"),
        Column("Phase", ".status.phase"),
        _READY,
        Column("State", ".spec.state", wide=True),
        Column("Hold", ".spec.legal_hold.document", wide=True),
        Column("VND/month", ".spec.price_vnd", "integer"),
        _ENDS,
        _AGE,
    ),
    rules=(
        unchanged("namespace", "namespace"),
        unchanged("agency", "agency"),
        ENDS_AFTER_START,
        Rule(
            "!(has(self.closed_at) && has(self.legal_hold))",
            "đang gỡ bỏ thì không giữ lại được nữa, và đang giữ thì không gỡ bỏ / "
            "what is being removed cannot be held, what is held cannot be removed",
        ),
        Rule(
            "!has(oldSelf.closed_at) || has(self.closed_at)",
            "việc gỡ bỏ đã bắt đầu thì không dừng lại / a removal that has begun goes on",
        ),
        Rule(
            "!has(oldSelf.handed) || (has(self.handed) && self.handed == oldSelf.handed)",
            "đã chuyển giao thì không lấy lại tại đây / what was handed over stays handed over",
        ),
        Rule(
            "!has(self.handed) || (!has(self.legal_hold) && !has(self.closed_at))",
            "đang giữ hoặc đang gỡ bỏ thì không chuyển giao / "
            "what is held or being removed is not handed over",
        ),
    ),
)
AGREEMENT = ObjectKind(
    name="SharingAgreement",
    plural="sharingagreements",
    short="shag",
    spec=AgreementSpec,
    status=Status,
    columns=(
        Column("Provider", ".spec.provider"),
        Column("Consumer", ".spec.consumer"),
        Column("Data", ".spec.data.vi"),
        _ENDS,
        _AGE,
    ),
    rules=(
        unchanged("provider", "provider"),
        unchanged("consumer", "consumer"),
        ENDS_AFTER_START,
        Rule(
            "self.provider != self.consumer",
            "bên cấp và bên nhận phải khác nhau / provider and consumer must differ",
        ),
    ),
)

WAIVER = ObjectKind(
    name="Waiver",
    plural="waivers",
    short="wvr",
    spec=WaiverSpec,
    status=Status,
    columns=(
        Column("Rule", ".spec.rule"),
        Column("Kind", ".spec.object.kind"),
        Column("Namespace", ".spec.object.namespace"),
        Column("Object", ".spec.object.name"),
        Column("Level", ".spec.level", "integer"),
        Column("Owner", ".spec.owner"),
        Column("Agreed", ".spec.approvals[*].by"),
        Column("Ended", ".spec.ended", "date", wide=True),
        _ENDS,
        _AGE,
    ),
    rules=(
        *(unchanged(name, name) for name in ("rule", "object", "level", "owner")),
        *(unchanged(name, name) for name in ("reason", "compensating", "starts", "ends")),
        ENDS_AFTER_START,
        *WAIVER_RULES,
    ),
)
DELEGATION = ObjectKind(
    name="Delegation",
    plural="delegations",
    short="dlg",
    spec=DelegationSpec,
    status=Status,
    columns=(
        Column("Role", ".spec.role"),
        Column("By", ".spec.by"),
        Column("To", ".spec.to"),
        Column("Starts", ".spec.starts"),
        _ENDS,
        Column("Ended", ".spec.ended", "date", wide=True),
        _AGE,
    ),
    rules=(
        *(unchanged(name, name) for name in ("role", "by", "to", "starts", "ends", "document")),
        *DELEGATION_RULES,
    ),
)
WAVE = ObjectKind(
    name="MigrationWave",
    plural="migrationwaves",
    short="mwave",
    spec=WaveSpec,
    status=WaveStatus,
    columns=(
        Column("Plan", ".spec.plan"),
        Column("Window", ".spec.window"),
        Column("Starts", ".spec.starts"),
        Column("Phase", ".status.phase"),
        Column("Moved", ".status.moved", "integer"),
        Column("Runs", ".status.run.command", wide=True),
        Column("By", ".status.run.by", wide=True),
        Column("Seen", ".status.run.seen", "date", wide=True),
        _AGE,
    ),
    rules=WAVE_RULES,
)

KINDS = (AGENCY, REQUEST, APPROVAL, TENANT, AGREEMENT, WAIVER, DELEGATION, WAVE)
