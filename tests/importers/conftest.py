import pytest
from foreign_samples import FILES


@pytest.fixture
def sample(tmp_path):
    """``sample("forms.csv")``: the path of a file as its own program writes it."""

    def write(name, content=None):
        path = tmp_path / name
        path.write_text(content if content is not None else FILES[name], encoding="utf-8", newline="")
        return path

    return write
