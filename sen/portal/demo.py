"""The made-up people whom `--dev-login` offers; the groups are those of an agency's desk."""

from sen.portal.person import Person

PEOPLE = (
    Person("an.nguyen@hanoi.gov.vn", ("h26-requesters",), "Nguyễn Văn An"),
    Person("binh.tran@hanoi.gov.vn", ("h26-heads",), "Trần Thị Bình"),
    Person("chi.le@hanoi.gov.vn", ("h26-security-officers",), "Lê Thị Chi"),
    Person("dung.pham@sen.gov.vn", ("sen-platform",), "Phạm Quốc Dũng"),
    Person("giang.vo@tphcm.gov.vn", ("h29-requesters", "h29-heads"), "Võ Trường Giang"),
)
