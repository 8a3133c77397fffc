"""Every paper of the house: what a reader finds on it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.platform import documents
from app.platform.documents import Measured, Party, Quantity
from tests.platform.documents import samples
from tests.support import pdf

PAPERS = samples.all_papers()


def test_samples_cover_every_template():
    assert sorted({paper.template for paper in PAPERS.values()}) == documents.templates()


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("name", PAPERS)
def test_paper_is_set_in_its_own_fonts_only(name, language):
    made = PAPERS[name].render(language)
    fonts = pdf.fonts(made)
    assert set(fonts) <= {"NotoSansCJKsc-Regular", "NotoSansCJKsc-Bold"}
    assert all(fonts.values()), "a font is not embedded"
    assert made == PAPERS[name].render(language), "the same paper twice must be the same bytes"


@pytest.mark.parametrize(
    ("name", "chinese", "english"),
    [
        ("invoice", "销售发票", "Invoice"),
        ("credit_note", "销售红字发票", "Credit note"),
        ("confirmation", "订单确认书", "Order confirmation"),
        ("purchase_order", "采购订单", "Purchase order"),
        ("delivery_note", "送货单", "Delivery note"),
        ("packing_slip", "装箱单", "Packing slip"),
        ("return_slip", "销售退货单", "Return slip"),
        ("return_slip-to_supplier", "采购退货单", "Return to supplier"),
        ("debit_note", "采购扣款单", "Debit note"),
        ("pick_list", "拣货单", "Pick list"),
    ],
)
def test_paper_speaks_one_language(name, chinese, english):
    in_chinese, in_english = pdf.text(PAPERS[name].render("zh_Hans_CN")), pdf.text(PAPERS[name].render("en"))
    assert chinese in in_chinese
    assert english not in in_chinese
    assert english in in_english
    assert chinese not in in_english


def test_invoice_shows_the_price_example_and_its_sums():
    text = pdf.text(samples.invoice().render("zh"))
    for shown in (
        "20,000 件", "0.35 /件", "6,194.69 805.31 7,000.00",
        "0.0125 /件",
        "3 盒 5 件", "= 41 件", "折扣 5 %",
        "未税金额 13 % 8,251.74", "税额 9 % 9.91",
        "价税合计 ¥9,444.47", "已收款 −1,000.00", "应付余额 ¥8,444.47",
        "玖仟肆佰肆拾肆元肆角柒分",
        "何喆",
    ):  # fmt: skip
        assert shown in text


def test_invoice_without_a_payment_shows_no_balance():
    text = pdf.text(replace(samples.invoice(), paid=Decimal(0)).render("en"))
    assert "Already paid" not in text
    assert "To be paid" not in text


def test_amounts_in_another_currency_have_its_sign_and_no_chinese_capitals():
    paper = replace(samples.invoice(), currency="USD", exchange_rate=Decimal("7.1234000000"), paid=Decimal(0))
    text = pdf.text(paper.render("en"))
    assert "US$9,444.47" in text
    assert "USD at 7.1234" in text
    assert "capitals" not in text


@pytest.mark.parametrize("name", ["net", "tax", "gross"])
def test_paper_whose_sums_do_not_meet_is_refused(name):
    paper = samples.invoice()
    with pytest.raises(ValueError, match=rf"INV-2026-00318: {name} is"):
        replace(paper, **{name: getattr(paper, name) + Decimal("0.01")})


def test_sixty_lines_repeat_the_head_and_count_the_pages():
    pages = pdf.pages(samples.invoice(60).render("zh"))
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert "品名规格" in page
        assert f"第 {number} 页 共 3 页" in page
    assert all("销售发票 INV-2026-00318" in page for page in pages)
    assert [page.count("价税合计（大写）") for page in pages] == [0, 0, 1]


def test_three_part_form_has_its_size_and_a_full_head_on_every_sheet():
    made = samples.delivery_note(22, "three_part").render("zh")
    assert pdf.size_mm(made) == (241, 140)
    pages = pdf.pages(made)
    assert len(pages) == 2
    for page in pages:
        for shown in ("昆山联拓精密机械制造有限公司", "DN-2026-01177", "收货人（签章）", "第三联", "品名规格"):
            assert shown in page
    assert [page.count("合计：") for page in pages] == [0, 1]


def test_delivery_note_shows_no_price():
    text = pdf.text(samples.delivery_note().render("zh"))
    assert "单价" not in text
    assert "¥" not in text
    assert pdf.size_mm(samples.delivery_note().render("zh")) == (210, 297)


def test_confirmed_order_names_who_said_yes_instead_of_asking():
    from datetime import UTC, datetime

    paper = samples.confirmation()
    assert "请核对品名规格" in pdf.text(paper.render("zh"))
    answered = replace(paper, confirmed_by="何喆", confirmed_at=datetime(2026, 11, 21, 17, 40, tzinfo=UTC), link=None)
    text = pdf.text(answered.render("zh"))
    assert "客户已确认 何喆 2026-11-21 17:40" in text
    assert "请核对品名规格" not in text


def test_confirmation_without_a_link_speaks_of_no_code():
    text = pdf.text(replace(samples.confirmation(), link=None).render("zh"))
    assert "盖章后回传" in text
    assert "二维码" not in text


def test_pick_list_of_one_order_leaves_its_column_out():
    one = samples.pick_list(3)
    lines = tuple(replace(line, order_number="SO-1001") for line in one.lines)
    text = pdf.text(replace(one, lines=lines, order_numbers=("SO-1001",)).render("zh"))
    assert text.count("SO-1001") == 1


NASTY = '#panic("x") *bold* _it_ $x^2$ `raw` <label> @ref \\ // [c] = head "q" \'s\' #{1+1} </svg>'


@pytest.mark.promise("OE1")
@pytest.mark.parametrize("name", PAPERS)
def test_user_text_is_set_as_it_is(name):
    """Every text field of every paper, all at once, with everything Typst gives a meaning to."""

    def poison(value, key=""):
        if isinstance(value, dict):
            return {k: poison(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [poison(item, key) for item in value]
        if isinstance(value, str) and key in {"name", "specification", "note", "contact", "reason", "code"}:
            return NASTY
        return value

    paper = PAPERS[name]
    text = pdf.text(documents.render_pdf(paper.template, poison(paper.as_data()), "en"))
    squeezed = text.replace(" ", "").replace("\u200b", "")
    assert NASTY.replace(" ", "") in squeezed


def test_long_names_and_numbers_stay_inside_the_sheet():
    name = "苏州工业园区" * 12 + "有限公司"
    line = replace(
        samples.priced_line(1, samples.GOODS[0]), name="超长品名" * 40, code="X" * 90, specification="S" * 120
    )
    paper = replace(
        samples.invoice(1), partner=replace(samples.CUSTOMER, name=name), lines=(line,), **samples.sums((line,))
    )
    text = pdf.text(paper.render("zh")).replace(" ", "").replace("\u200b", "")
    assert name in text
    assert "超长品名" * 40 in text
    assert "X" * 90 in text


@pytest.mark.parametrize(
    ("base", "unit", "factor", "parts", "total"),
    [
        ("41", "箱", "12", [("3", "箱"), ("5", "件")], "41"),
        ("36", "箱", "12", [("3", "箱")], "36"),
        ("5", "箱", "12", [("5", "件")], None),
        ("0", "箱", "12", [("0", "件")], None),
        ("7", "件", "1", [("7", "件")], None),
        ("7", "", "1", [("7", "件")], None),
    ],
)
def test_goods_are_counted_in_whole_units_and_the_rest(base, unit, factor, parts, total):
    quantity = Quantity.of(Decimal(base), "件", unit, Decimal(factor))
    assert quantity.parts == tuple(Measured(Decimal(amount), name) for amount, name in parts)
    assert quantity.total == (Measured(Decimal(total), "件") if total else None)


def test_only_filled_facts_are_printed():
    paper = replace(samples.delivery_note(), customer=Party(name="昆山联拓精密机械制造有限公司"), driver="", vehicle="")
    assert "送货人 马师傅" not in pdf.text(paper.render("zh"))
