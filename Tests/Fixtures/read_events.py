"""Reads a run's event file with TensorBoard's own reader, and prints what it has as JSON.

    python read_events.py RUN

Lists of [step, ...] by tag: scalars [step, value], histograms [step, count, sum of the buckets, least, greatest], texts [step, text]; and, of each
parameter of the newest checkpoint, its count, least and greatest. Nothing is left out: TensorBoard itself hides the events before a restart that come
twice.
"""
import json
import sys
from pathlib import Path

from safetensors.numpy import load_file
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

run = Path(sys.argv[1])
everything = {kind: 0 for kind in ("scalars", "histograms", "tensors", "images", "audio", "compressedHistograms")}
events = EventAccumulator(str(run), size_guidance=everything, purge_orphaned_data=False)
events.Reload()
tags = events.Tags()


def text(tag, event):
    assert events.SummaryMetadata(tag).plugin_data.plugin_name == "text"
    return event.tensor_proto.string_val[0].decode()


scalars = {tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in tags["scalars"]}
histograms = {
    tag: [[event.step, value.num, sum(value.bucket), value.min, value.max] for event in events.Histograms(tag) for value in [event.histogram_value]]
    for tag in tags["histograms"]
}
texts = {tag: [[event.step, text(tag, event)] for event in events.Tensors(tag)] for tag in tags["tensors"]}

newest = max(run.glob("checkpoints/step-*"))
weights = {name: [value.size, float(value.min()), float(value.max())] for name, value in load_file(newest / "weights.safetensors").items()}
print(json.dumps({"scalars": scalars, "histograms": histograms, "texts": texts, "weights": weights}))
