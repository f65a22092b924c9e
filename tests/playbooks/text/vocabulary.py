"""Words of made-up columns: names, streets, offices, notes; places are those of the platform."""

from __future__ import annotations

import functools

from stacks.models.census import rows


def _choices(text: str) -> list[str]:
    return text.replace("\n", "|").split("|")


SURNAMES = """Nguyễn Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô
Dương Lý Đinh Trịnh Đoàn Mai Lương Tô Cao Hà Tạ Chu Kiều Âu Khúc Lò Quàng Giàng Vàng Hứa Nông Cầm Đàm Nghiêm
Từ Thân La Lục Bế Vi Cà Thạch Sơn Danh Kim Tăng Triệu Phùng Doãn Quách Lại Văn Trương Châu""".split()
MIDDLE = "Văn Văn Văn Thị Thị Thị Hữu Đức Xuân Ngọc Minh Thanh Quang Đình Công Bá Duy Kim Thúy Bích Mỹ".split()
GIVEN = """An Anh Ánh Ân Ái Bình Bảo Bích Châu Chiến Cường Cúc Dung Dũng Duy Duyên Đào Đạt Đông Đức Điệp Giang Hà Hải
Hạnh Hằng Hiền Hiếu Hiệp Hoa Hòa Hoài Hồng Huệ Hùng Hương Hường Huyền Hưng Khánh Khoa Kiên Lan Liên Linh Loan Long
Lộc Lợi Lý Mai Mạnh Minh My Mỹ Nam Nga Ngân Nghĩa Ngọc Nguyệt Nhàn Nhung Nhi Oanh Phát Phong Phú Phúc Phương Phượng
Quân Quang Quế Quốc Quyên Quỳnh Sang Sơn Tài Tâm Tân Thái Thắng Thanh Thảo Thành Thịnh Thọ Thu Thủy Thúy Thư Tiến Tín
Toàn Trang Trâm Trí Trinh Trung Trường Tú Tuấn Tùng Tuyết Uyên Út Ước Vân Việt Vinh Vũ Vượng Xuân Yến Ý Ẩn Ửng""".split()
STREETS = _choices("""Lê Lợi|Trần Hưng Đạo|Nguyễn Huệ|Hai Bà Trưng|Điện Biên Phủ|Lý Tự Trọng|Phạm Ngũ Lão|Nguyễn Trãi|Võ Văn Tần
Cách Mạng Tháng Tám|Ngô Gia Tự|Quốc lộ 1A|Tỉnh lộ 43|Nguyễn Đình Chiểu|Âu Cơ|Lạc Long Quân|Ông Ích Khiêm|Kim Mã
Hàng Đào|Ỷ Lan|Đinh Tiên Hoàng|Bạch Đằng|Hùng Vương|Phan Đình Phùng|Trường Chinh|Láng Hạ|Tôn Đức Thắng|Yết Kiêu
Nguyễn Bỉnh Khiêm|Hoàng Hoa Thám|Chùa Bộc|Đường số 7|Hẻm 12 Cống Quỳnh|Bờ Kè|An Dương Vương|Lê Thánh Tông|Tô Hiến Thành""")
STREETS
OFFICES = _choices("""Sở Nội vụ|Sở Tài chính|Sở Y tế|Sở Giáo dục và Đào tạo|Sở Xây dựng|Phòng Văn hóa - Thông tin|Ủy ban nhân dân
Hội đồng nhân dân|Trung tâm Y tế|Bệnh viện Đa khoa|Trường Tiểu học|Trường THCS|Trường Mầm non|Chi cục Thuế|Hạt Kiểm lâm
Đài Phát thanh|Ban Quản lý dự án|Công an|Đội Quản lý thị trường|Hợp tác xã nông nghiệp|Công ty TNHH|Công ty Cổ phần
Doanh nghiệp tư nhân|Văn phòng công chứng|Trạm Khuyến nông|Kho bạc Nhà nước|Hội Chữ thập đỏ|Liên đoàn Lao động
Viện Quy hoạch|Ngân hàng Chính sách xã hội|Quỹ Tín dụng nhân dân|Thanh tra|Tòa án nhân dân|Viện Kiểm sát""")
WHO = _choices("ông|bà|hộ|chị|anh|cán bộ|người dân|chủ hộ|kế toán|đơn vị|tổ trưởng|thủ kho|bên bán|người bệnh|học sinh")
DID = _choices("""đã nộp đủ hồ sơ|chưa ký biên bản|xin gia hạn thời gian|đề nghị cấp lại giấy chứng nhận|không có mặt tại địa phương
thiếu bản sao công chứng|đã chuyển đi nơi khác|được hỗ trợ xây nhà|bị mất sổ đỏ|khiếu nại mức đền bù|trả lại tiền thừa
làm đơn xin nghỉ phép|nhận trợ cấp hằng tháng|vay vốn chăn nuôi bò sữa|sửa chữa mái ngói|đóng thuế chậm|mở cửa hàng ăn uống
vi phạm hành lang an toàn|khai báo tạm trú|nuôi tôm thẻ chân trắng|đăng ký kết hôn|nghỉ học vì ốm|sốt cao và ho khan
đang chờ kết quả xét nghiệm|mua phân bón trả góp|tặng quà cho trẻ em nghèo|bàn giao tài sản|trồng rừng phòng hộ|giữ xe""")
WHEN = _choices("""từ tháng trước|vào đầu năm 2003|theo quy định|như đã hẹn|sau đợt lũ|trước Tết Nguyên đán|hồi cuối quý III|lần thứ hai
do thiếu kinh phí|vì lý do sức khỏe|tại trụ sở xã|ở thôn bên cạnh|cùng gia đình|trong ngày|khi kiểm tra|nhiều lần|gấp""")
DOCUMENTS = _choices("""Quyết định số {}/QĐ-UBND về việc bổ nhiệm cán bộ|Công văn số {}/SNV-TCCB|Thông báo số {}/TB-VP nghỉ lễ
Tờ trình số {} xin kinh phí sửa đường|Báo cáo số {}/BC-UBND về tình hình thu ngân sách|Hợp đồng lao động số {}/HĐLĐ
Giấy chứng nhận quyền sử dụng đất số {}|Biên bản bàn giao số {}|Phiếu chi số {} mua văn phòng phẩm|Nghị định số {}/NĐ-CP""")
LISTS = tuple(map(_choices, (
    "Đã duyệt|Chờ xử lý|Đang xử lý|Hoàn thành|Từ chối|Quá hạn|Tạm dừng|Hủy bỏ", "Nam|Nữ", "Có|Không",
    "Giám đốc|Kế toán trưởng|Văn thư|Lái xe|Bảo vệ|Giáo viên|Y tá|Nông dân|Thợ hồ|Buôn bán|Nội trợ|Học sinh",
    "Kinh|Tày|Thái|Mường|Khmer|Nùng|Dao|Gia Rai|Ê Đê|Ba Na|Chăm|Sán Dìu|Hrê|Mạ|Cơ Tu|Hà Nhì|Thổ|Bố Y",
    "Chủ hộ|Vợ|Chồng|Con đẻ|Con nuôi|Cháu nội|Bố|Mẹ|Anh ruột|Con rể|Ở nhờ|Ông|Bà",
    "cái|chiếc|bộ|tấn|lít|mét|hộp|thùng|quyển|tờ|con|cây|gói|chai|lô|cặp",
    "Đất ở|Đất trồng lúa|Đất trồng cây lâu năm|Đất nuôi trồng thủy sản|Đất rừng sản xuất|Đất nghĩa địa|Đất thổ cư",
)))  # fmt: skip
FRENCH = _choices("""Où est la mairie ?|L'école est fermée à Noël.|Société Générale|Le préfet a signé l'arrêté|Hôtel de Ville
François Lefèvre|Hélène Dubois|Benoît Gauthier|Crédit Agricole|Ministère de l'Intérieur|Rue de la Liberté, 75011 Paris
chèque reçu|élève absent|dossier complété à vérifier|naïve|maïs doux|garçon|été|bière|fenêtre cassée|Thérèse|Côte d'Ivoire
çà et là|être ou ne pas être|déjà payé|frère aîné|goûter|Besançon|Saint-Étienne|Orléans|télégramme envoyé à 8 h""")
GERMAN = _choices("""Müller|Köln|Straße|Grüße aus München|Jürgen Weiß|für die Prüfung|Äpfel|Übergabe bestätigt|Schröder GmbH
nächste Woche|geschlossen über Weihnachten|Größe|Böhm|Fußgänger|Lübeck|zurück an Absender|Bürgermeister|Öffnungszeiten""")
ENGLISH = _choices("""What is to be done? I don't know.|It's John's house; isn't it?|Annual report 2003|To whom it may concern
Please sign (in ink).|fig. 3 (a), (b) and (c)|he's a pro. so go.|U.S. dollar|Add odd buddy|Yes/No?|No such file.|rock 'n' roll
see e.g. chapter 4|naive user|Toyota (Japan).|Hanoi? Hue. Saigon.|who are you?|the data(e) are late.|O'Neil & Sons""")
THAI = _choices("กรุงเทพมหานคร|เชียงใหม่|ประเทศไทย|นายสมชาย ใจดี|ถนนสุขุมวิท|โรงพยาบาล|ขอนแก่น|ส่งเอกสารแล้ว|ไม่มา")
CHINESE = _choices("中华人民共和国|北京市|上海市人民政府|广西壮族自治区|云南省昆明市|人民法院|电话号码|身份证|张伟|王芳|李娜")


PLAIN = str.maketrans("’–", "'-")


@functools.cache
def places() -> list[tuple[str, str, str]]:
    """Give communes: kind, name, province."""
    provinces = {row["code"]: row["name"] for row in rows("provinces.csv")}
    kinds = {"ward": "Phường", "commune": "Xã"}
    return [
        (kinds.get(row["kind"], "Đặc khu"), row["name"].translate(PLAIN), provinces[row["province"]])
        for row in rows("communes.csv")
    ]


def old_provinces() -> list[str]:
    """Give the provinces until 2025."""
    return [row["name"] for row in rows("old-provinces.csv")]
