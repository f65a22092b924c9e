"""Who may grant a waiver and who may delegate, in CEL: rights of RBAC, asked at admission."""

from __future__ import annotations

from typing import Any

from stacks.models.objects.kind import GROUP, VERSION

DESK = "-desk-production"
# Notes of a desk's namespace: tenants that it took over, and those that it handed to others.
TOOK_OVER, HANDED_OVER = "sen.gov.vn/took-over", "sen.gov.vn/handed-over"
_ME = "request.userInfo.username"
_NEW = "(request.operation == 'CREATE')"
_LAST = "object.spec.approvals[object.spec.approvals.size() - 1]"
_UNCHANGED = "object.spec.approvals.size() == oldObject.spec.approvals.size()"


def waivers() -> dict[str, Any]:
    """Give who may ask for a waiver, about what, and who may agree to it."""
    prefix = f"object.metadata.namespace.replace('{DESK}', '-')"
    home = (
        f"object.metadata.namespace.endsWith('{DESK}')"
        f" && (object.spec.object.namespace.startsWith({prefix}) || {_noted(TOOK_OVER)})"
    )
    said = [
        _forbid(
            f"!{_NEW} || (object.spec.owner == {_ME} && object.spec.approvals.size() == 0)",
            "owner phải là chính bạn, chưa có phê duyệt / owner must be you, with no approval yet",
        ),
        _forbid(
            home,
            "ngoại lệ nằm ở bàn của cơ quan có đối tượng / a waiver lies on the desk of the agency"
            " whose object it is about",
        ),
        _forbid(
            f"(!{_NEW} && {_UNCHANGED}) || !({_noted(HANDED_OVER)})",
            "cơ quan khác đã tiếp nhận môi trường; hãy xin tại bàn tiếp nhận của họ / another"
            " agency has taken the tenant over; ask on its desk",
        ),
        _forbid(
            "object.metadata.name.matches('^[a-z0-9]+(-[a-z0-9]+)*$')"
            " && object.metadata.namespace.size() + object.metadata.name.size() < 63",
            "tên chỉ gồm a-z, 0-9 và dấu gạch, đủ ngắn / the name is a-z, 0-9 and hyphens, and"
            " with the desk's at most 62 letters",
        ),
        _forbid(
            f"{_NEW} || {_UNCHANGED} || ({_LAST}.by == {_ME} && {_LAST}.by != object.spec.owner"
            f" && oldObject.spec.approvals.all(each, each.by != {_ME} && each.role"
            f" != {_LAST}.role))",
            "phê duyệt phải do chính bạn, không phải chủ ngoại lệ, mỗi người một lần / an approval"
            " must be yours, not the owner's, and one a person and a role",
        ),
        _forbid(
            f"{_NEW} || {_UNCHANGED} || {_holds(f'{_LAST}.role')}",
            "bạn không giữ vai trò phê duyệt này / you do not hold this role",
        ),
    ]
    return {"matchConstraints": match("waivers", "CREATE", "UPDATE"), "validations": said}


def delegations() -> dict[str, Any]:
    """Give who may delegate: who holds the role itself, in their own name, once."""
    holds = _holds("object.spec.role")
    said = [
        _forbid(
            f"!{_NEW} || object.spec.by == {_ME}",
            "by phải là chính bạn / by must be you",
        ),
        _forbid(
            f"{holds}",
            "chỉ người giữ vai trò mới ủy quyền, người được ủy quyền thì không / only who holds the"
            " role delegates it, and who received it does not",
        ),
    ]
    return {"matchConstraints": match("delegations", "CREATE", "UPDATE"), "validations": said}


def match(resource: str, *operations: str) -> dict[str, Any]:
    """Give which requests a policy looks at."""
    rule = {
        "apiGroups": [GROUP],
        "apiVersions": [VERSION],
        "operations": list(operations),
        "resources": [resource],
    }
    return {"resourceRules": [rule]}


def _noted(note: str) -> str:
    """Say whether the note of the object's home names the tenant that a waiver is about."""
    notes = "namespaceObject.metadata.annotations"
    return (
        f"(has({notes}) && '{note}' in {notes}"
        f" && object.spec.object.namespace in {notes}['{note}'].split(','))"
    )


def _holds(role: str) -> str:
    return (
        f"authorizer.group('{GROUP}').resource('tenantrequests')"
        f".namespace(object.metadata.namespace).check('approve-' + {role}).allowed()"
    )


def _forbid(expression: str, message: str) -> dict[str, str]:
    return {"expression": expression, "message": message, "reason": "Forbidden"}
