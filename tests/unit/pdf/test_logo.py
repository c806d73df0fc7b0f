"""A firm's logo: shown when it is a sound picture of a sensible size, else left out; the bill is made."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feenote.adapters.pdf.logo import BOX, MAX_BYTES, LogoError, read_logo
from feenote.adapters.pdf.renderer import TypstBillRenderer
from tests.unit.pdf import samples
from tests.unit.pdf.readers import opened, tags_of, text_of


def saved(size: tuple[int, int], mode: str, kind: str, **options: object) -> bytes:
    out = BytesIO()
    PIL.Image.effect_noise(size, 80).convert(mode).save(out, kind, **options)
    return out.getvalue()


def jpeg(**options: object) -> bytes:
    return saved((90, 30), "RGB", "JPEG", **options)


SOUND = {
    "PNG in colour": saved((90, 30), "RGB", "PNG"),
    "PNG with transparency": saved((90, 30), "RGBA", "PNG"),
    "PNG with a palette": saved((90, 30), "P", "PNG"),
    "PNG in grey": saved((90, 30), "L", "PNG"),
    "PNG of one bit": saved((91, 30), "1", "PNG"),
    "PNG of 16 bits": saved((90, 30), "I;16", "PNG"),
    "JPEG": jpeg(),
    "progressive JPEG": jpeg(progressive=True),
    "grey JPEG": saved((90, 30), "L", "JPEG"),
}
BOMB = samples.png_of(1, 1, zlib.compress(b"\0" * 50_000_000, 9), told=(60_000, 60_000))
HOSTILE = {
    "nothing": b"",
    "text": b"not a picture",
    "an SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a GIF": saved((9, 9), "L", "GIF"),
    "a PNG's first bytes": b"\x89PNG\r\n\x1a\n",
    "half a PNG": samples.png(90, 30)[:-40],
    "a changed PNG": samples.png(90, 30).replace(b"IDAT", b"IDAX"),
    "a PNG with a bad sum": samples.png(90, 30)[:-20] + b"\0" * 8 + samples.png(90, 30)[-12:],
    "a PNG that is smaller than it says": samples.png_of(9, 9, zlib.compress(b"\0" * 28), told=(9, 900)),
    "a PNG that unpacks for ever": BOMB,
    "a PNG that unpacks to more than it says": samples.png_of(
        1, 1, zlib.compress(b"\0" * 9_000_000), told=(9, 9)
    ),
    "a PNG of no width": samples.png_of(1, 1, zlib.compress(b"\0"), told=(0, 9)),
    "too many pixels": samples.png(2_001, 2_000),
    "too many bytes": samples.png(9, 9) + b"\0" * MAX_BYTES,
    "half a JPEG": jpeg()[:200],
    "a JPEG without a picture": b"\xff\xd8\xff\xe0\x00\x04ab\xff\xd9",
    "a JPEG in four colours": saved((90, 30), "CMYK", "JPEG"),
    "a JPEG of endless segments": b"\xff\xd8\xff\xe0\x00\x00" * 50 + b"\xff\xd9",
    "a huge JPEG": jpeg().replace(struct.pack(">HH", 30, 90), struct.pack(">HH", 60_000, 60_000)),
}


class TestASoundLogo:
    @pytest.mark.parametrize("name", SOUND)
    def test_is_shown(self, renderer: TypstBillRenderer, name: str) -> None:
        pdf = renderer.render_bill(samples.document(1, logo=SOUND[name]))

        with opened(stream=pdf) as document:
            assert document[0].get_images(), "a picture is in the file"
        assert any(node.get("/Alt") == "Logo of Whitcombe & Hale LLP" for _, node in tags_of(pdf))

    @pytest.mark.parametrize("size", [(1, 2_000), (2_000, 1), (1, 1), (1_000, 1_000)])
    def test_fits_its_box_whatever_its_shape(self, size: tuple[int, int]) -> None:
        logo = read_logo(samples.png(*size))

        assert 0 < logo.width_mm <= BOX[0]
        assert logo.width_mm * size[1] / size[0] <= BOX[1] or logo.width_mm == 0.5


class TestAHostileLogo:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_is_refused_with_a_reason(self, name: str) -> None:
        with pytest.raises(LogoError, match=r"[a-zA-Z ]{12,}"):
            read_logo(HOSTILE[name])

    @pytest.mark.parametrize("name", HOSTILE)
    def test_leaves_the_bill_without_it(self, renderer: TypstBillRenderer, name: str) -> None:
        pdf = renderer.render_bill(samples.document(1, logo=HOSTILE[name]))

        assert not any(node.get("/Alt", "").startswith("Logo") for _, node in tags_of(pdf))
        assert "Whitcombe & Hale LLP" in text_of(pdf)

    @given(
        at=st.integers(2, 5_000), byte=st.integers(0, 255), kind=st.sampled_from(["PNG in colour", "JPEG"])
    )
    @settings(max_examples=25, deadline=None)
    def test_changed_anywhere_never_fails_a_bill(
        self, renderer: TypstBillRenderer, at: int, byte: int, kind: str
    ) -> None:
        changed = bytearray(SOUND[kind])
        changed[at % len(changed)] = byte

        pdf = renderer.render_bill(samples.document(1, logo=bytes(changed)))

        assert "Bill 00042" in text_of(pdf)
