"""Runs exports with their own libraries.

    python check_exports.py FOLDER...

Of each folder: verify.py; ONNX's checker with strict shape inference; what Keras saves in its own formats and loads again. Prints a line a folder, and
ends with 1 if one isn't right.
"""
import importlib.util
import json
import sys
import tempfile
from pathlib import Path

import numpy as np


def module(folder, name):
    """A module of the folder, which the next folder's doesn't see."""
    sys.path.insert(0, str(folder))
    for loaded in ("model", "verify"):
        sys.modules.pop(loaded, None)
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))


def check_onnx(folder):
    import onnx

    model = onnx.load(folder / "model.onnx")
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    shapes = {value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim] for value in inferred.graph.value_info}
    operators = [node.op_type for node in model.graph.node]
    # How many steps are left where some are picked, can't be known beforehand.
    if not {"Range", "Slice", "GatherND", "Conv"} & set(operators):
        assert all(None not in shape and 0 not in shape for shape in shapes.values()), shapes
    batch = np.load(folder / "verification.npz")
    # Hidden states are stacked where layers are alike, and otherwise a layer's each.
    layers = len(batch["h0"]) if "h0" in batch.files else len([name for name in batch.files if name.startswith("h0_l")])
    assert sum(operators.count(cell) for cell in ("LSTM", "GRU", "RNN")) == layers, operators
    assert [(opset.domain, opset.version) for opset in model.opset_import] == [("", 17)]
    assert {"task", "precision", "step", "weights_sha256"} <= {item.key for item in model.metadata_props}


def check_keras(folder):
    import keras

    model = module(folder, "model").load()
    batch = np.load(folder / "verification.npz")
    x = batch[batch.files[0]]
    wanted = keras.ops.convert_to_numpy(model(x))
    with tempfile.TemporaryDirectory() as place:
        model.save(f"{place}/model.keras")
        again = keras.saving.load_model(f"{place}/model.keras")
        assert np.array_equal(keras.ops.convert_to_numpy(again(x)), wanted)
        model.save_weights(f"{place}/model.weights.h5")
        again = module(folder, "model").build()
        again.load_weights(f"{place}/model.weights.h5")
        assert np.array_equal(keras.ops.convert_to_numpy(again(x)), wanted)


def main():
    isRight = True
    for folder in map(Path, sys.argv[1:]):
        library = json.loads((folder / "export.json").read_text())["library"]
        print(folder.name, end=": ")
        isRight = module(folder, "verify").main() == 0 and isRight
        if library == "onnx":
            check_onnx(folder)
        if library == "keras":
            check_keras(folder)
    return 0 if isRight else 1


sys.exit(main())
