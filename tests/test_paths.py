"""Paths that must end otherwise: the literal is changed where it stands, at both ends."""

import pytest
from programs import migrated

from kmigrate.model import Outcome

MODEL = "from keras.models import Sequential\nm = Sequential()\n"
W = ".weights.h5"


def after(text: str) -> str:
    result = migrated(MODEL + text, source="keras@2.2.4").after
    assert result is not None
    return result.removeprefix(MODEL)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("m.save_weights('a.h5')", f"m.save_weights('a{W}')"),
        ('m.save_weights("a.hdf5", True)', f'm.save_weights("a{W}", True)'),
        ("m.save_weights(filepath='a')", f"m.save_weights(filepath='a{W}')"),
        ("m.save_weights('a.weights')", f"m.save_weights('a{W}')"),
        ("m.save_weights('v1.2')", f"m.save_weights('v1.2{W}')"),
        ("m.save_weights('a.weights.h5')", "m.save_weights('a.weights.h5')"),
        ("p = 'a.h5'\nm.save_weights(p)", f"p = 'a{W}'\nm.save_weights(p)"),
        (
            "m.save_weights(os.path.join(d, 'a.h5'))",
            f"m.save_weights(os.path.join(d, 'a{W}'))",
        ),
        ("m.save_weights('a%d.h5' % i)", f"m.save_weights('a%d{W}' % i)"),
        ("m.save_weights('a{}.h5'.format(i))", f"m.save_weights('a{{}}{W}'.format(i))"),
        ("m.save_weights(d + '.h5')", f"m.save_weights(d + '{W}')"),
        ("m.save_weights(f'{d}/a{i}.h5')", f"m.save_weights(f'{{d}}/a{{i}}{W}')"),
        (
            "m.save_weights(\n    d + 'a'\n    f'{i}.h5')\nm.load_weights(f'a{i}.h5')",
            f"m.save_weights(\n    d + 'a'\n    f'{{i}}{W}')\nm.load_weights(f'a{{i}}{W}')",
        ),
        ("m.save_weights(f'{d}/a{i}.weights.h5')", "m.save_weights(f'{d}/a{i}.weights.h5')"),
        ("m.save_weights(f'{d}')", "m.save_weights(f'{d}')"),
        ("m.save_weights(f'{d}/{{a}}.h5')", "m.save_weights(f'{d}/{{a}}.h5')"),
        ("m.save_weights(str(d / 'a.h5'))", f"m.save_weights(str(d / 'a{W}'))"),
        ("p = Path(d, 'a.h5')\nm.save_weights(p)", f"p = Path(d, 'a{W}')\nm.save_weights(p)"),
        ("m.save_weights((d / 'a.h5').as_posix())", f"m.save_weights((d / 'a{W}').as_posix())"),
        (
            "m.save_weights('a.h5')\nm.load_weights('a.h5')",
            f"m.save_weights('a{W}')\nm.load_weights('a{W}')",
        ),
        (
            "p = 'a.h5'\nm.save_weights(p)\nm.load_weights(p)",
            f"p = 'a{W}'\nm.save_weights(p)\nm.load_weights(p)",
        ),
        ("m.load_weights('a.h5')", "m.load_weights('a.h5')"),
        (
            "if os.path.exists('a.h5'): m.load_weights('a.h5')\nm.save_weights('a.h5')",
            f"if os.path.exists('a{W}'): m.load_weights('a{W}')\nm.save_weights('a{W}')",
        ),
        (
            "m.save_weights('a.h5')\nos.remove(os.path.join(d, 'a.h5'))\nos.remove('b.h5')",
            f"m.save_weights('a{W}')\nos.remove(os.path.join(d, 'a{W}'))\nos.remove('b.h5')",
        ),
        (
            "m.save_weights(n + '.h5')\nos.remove(data + '.h5')",
            f"m.save_weights(n + '{W}')\nos.remove(data + '.h5')",
        ),
        (
            "p = 'a.h5'\nos.path.isfile(p)\nm.save_weights(p)",
            f"p = 'a{W}'\nos.path.isfile(p)\nm.save_weights(p)",
        ),
        ("p = 'a.h5'\np = 'b.h5'\nm.save_weights(p)", f"p = 'a.h5'\np = 'b{W}'\nm.save_weights(p)"),
        (
            "p = 'a.h5'\nif x: p = 'b.h5'\nm.save_weights(p)",
            "p = 'a.h5'\nif x: p = 'b.h5'\nm.save_weights(p)",
        ),
        ("m.save_weights(p)", "m.save_weights(p)"),
    ],
)
def test_weights_are_saved_to_the_suffix_that_is_wanted(before: str, expected: str) -> None:
    assert after(before) == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("C('a.hdf5')\nload_model('a.hdf5')", "C('a.keras')\nload_model('a.keras')"),
        ("C('a.hdf5')\nm.load_weights('a.hdf5')", "C('a.keras')\nm.load_weights('a.keras')"),
        ("C('a-{epoch:02d}.hdf5', 'loss')", "C('a-{epoch:02d}.keras', 'loss')"),
        (
            "C(filepath='a', save_weights_only=False)",
            "C(filepath='a.keras', save_weights_only=False)",
        ),
        ("C('a.h5')\nm.load_weights('a.h5')", "C('a.h5')\nm.load_weights('a.h5')"),
        (
            "p = 'a.h5'\nC(filepath=p, save_weights_only=True)\nm.load_weights('a.h5')",
            f"p = 'a{W}'\nC(filepath=p, save_weights_only=True)\nm.load_weights('a{W}')",
        ),
        (
            "C('a.h5', save_weights_only=True)\nload_model('b.h5')",
            f"C('a{W}', save_weights_only=True)\nload_model('b.h5')",
        ),
    ],
)
def test_a_checkpoint_is_written_to_the_suffix_that_is_wanted(before: str, expected: str) -> None:
    head = "from keras.callbacks import ModelCheckpoint\nfrom keras.models import load_model\n"
    before, expected = (
        head + text.replace("C(", "ModelCheckpoint(") for text in (before, expected)
    )
    assert after(before) == expected


def test_a_path_is_left_with_the_call_that_is_ignored() -> None:
    text = MODEL + "p = 'a.h5'\nm.save_weights(p)  # kmigrate: ignore"
    assert migrated(text, source="keras@2.2.4").after == text


def test_an_end_with_an_escape_is_flagged() -> None:
    result = migrated(MODEL + "m.save_weights('a\\x2eh5')", source="keras@2.2.4")
    assert result.findings[-1].outcome is Outcome.FLAGGED


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("m.save('a')\nload('a')", "m.save('a.keras')\nload('a.keras')"),
        ("m.save('a/')\nload('a')", "m.save('a.keras')\nload('a.keras')"),
        ("m.save('a', save_format='tf')\nload('a')", "m.save('a.keras')\nload('a.keras')"),
        ("m.save('a.h5', save_format='h5')\nload('a.h5')", "m.save('a.h5')\nload('a.h5')"),
        ("m.save_weights('a', save_format='tf')", f"m.save_weights('a{W}')"),
        ("p = 'a'\nm.save(p)\nload(p)", "p = 'a.keras'\nm.save(p)\nload(p)"),
        ("m.save(p)\nload(p)", "m.save(p)\nload(p)"),
        ("load('a')", "load('a')"),
        ("m.save('a')\ntf.saved_model.load('a')", "m.save('a')\ntf.saved_model.load('a')"),
        ("m.save(p, save_format='h5')", "m.save(p)"),
        ("m.save(p, save_format=f)", "m.save(p, save_format=f)"),
        (
            "p = 'a'\nm.save(p)\nm.save_weights(p)",
            "p = 'a'\nm.save(p)\nm.save_weights(p)",
        ),
        (
            "c = Checkpoint('a.ckpt', save_weights_only=True)\nm.load_weights('a.ckpt')",
            f"c = Checkpoint('a{W}', save_weights_only=True)\nm.load_weights('a{W}')",
        ),
        (
            "p = 'a.ckpt'\nc = Checkpoint(filepath=p)\nload(p)",
            "p = 'a.keras'\nc = Checkpoint(filepath=p)\nload(p)",
        ),
        (
            "c = Checkpoint('a.{epoch}.ckpt', save_weights_only=False)",
            "c = Checkpoint('a.{epoch}.keras', save_weights_only=False)",
        ),
        (
            "p = os.path.join(d, 'a_{epoch}')\nc = Checkpoint(p, save_weights_only=True)",
            f"p = os.path.join(d, 'a_{{epoch}}{W}')\nc = Checkpoint(p, save_weights_only=True)",
        ),
        ("m.save('a_{}'.format(i))", "m.save('a_{}'.format(i))"),
        ("m.save('a_{n}'.format(n=i))", "m.save('a_{n}'.format(n=i))"),
        (
            "l = tf.train.latest_checkpoint(d)\nm.load_weights(l)",
            "l = tf.train.latest_checkpoint(d)\nm.load_weights(l)",
        ),
    ],
)
def test_models_and_checkpoints_end_alike_where_they_are_loaded(before: str, expected: str) -> None:
    imports = "from keras.callbacks import ModelCheckpoint\nfrom keras.models import load_model\n"
    names = {"Checkpoint(": "ModelCheckpoint(", "\nload(": "\nload_model("}
    for short, name in names.items():
        before = f"\n{before}".replace(short, name).removeprefix("\n")
        expected = f"\n{expected}".replace(short, name).removeprefix("\n")
    assert after(imports + before) == imports + expected


CHECKPOINT = "from keras.callbacks import ModelCheckpoint\nModelCheckpoint('w.{epoch:02d}-{val_loss:.2f}.hdf5')\n"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("w.09-0.08.hdf5", "w.09-0.08.keras"),
        ("w.best.hdf5", "w.best.hdf5"),
        ("v.09-0.08.hdf5", "v.09-0.08.hdf5"),
    ],
)
def test_a_checkpoint_is_known_by_its_numbers(path: str, expected: str) -> None:
    assert after(CHECKPOINT + f"m.load_weights('{path}')").endswith(f"m.load_weights('{expected}')")
