"""The one door to DeepFace: quiet, on ONNX Runtime, with our weights, and only as much of it as is needed.

``from deepface import DeepFace`` brings pandas and every module there is; its model registry alone brings
what the model asked for.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from lookout.errors import ModelMissing, SettingsError
from lookout.vision.networks.runtime import frugal_sessions

_lock = threading.Lock()


def build(task: str, name: str, home: Path) -> Any:
    """DeepFace's own object for a model of ``task`` ("facial_recognition" or "face_detector").

    The caller has checked that the weights are there: DeepFace downloads what it does not find.

    Raises:
        SettingsError: DeepFace has no such model.
        ImportError: it needs a package that is not installed.
        ModelMissing: the weights are damaged.
    """
    # DeepFace reads these when it is imported and when it builds; its backend may be chosen from outside
    with _lock:
        os.environ.setdefault("DEEPFACE_BACKEND_ENGINE", "onnx")
        os.environ.setdefault("DEEPFACE_LOG_LEVEL", "40")
        # on TensorFlow its models are of the Keras before the third
        os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        os.environ["DEEPFACE_HOME"] = str(home)
        from deepface.modules import modeling
        from deepface.modules.exceptions import UnimplementedError

        try:
            # its own cache would keep the first folder's weights for every later one
            with frugal_sessions():
                return modeling.get_model_class(task=task, model_name=name)()
        except UnimplementedError as error:
            raise SettingsError(f"DeepFace knows no {name}: {error}") from error
        except ImportError:
            raise
        except Exception as error:  # DeepFace wraps both a missing package and broken weights in ValueError
            if isinstance(error.__cause__, ImportError):
                raise error.__cause__ from None
            raise ModelMissing(f"The weights of {name} in {home} are damaged; run scripts/models.") from error
