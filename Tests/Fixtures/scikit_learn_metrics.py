"""Prints scikit-learn's metrics of the predictions in a JSON file: a list of {classCount, targets, predicted, scores}."""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics
from sklearn.utils.class_weight import compute_class_weight

warnings.filterwarnings("ignore")


def figures(case):
    labels = range(case["classCount"])
    targets, predicted = np.array(case["targets"]), np.array(case["predicted"])
    scores = np.array(case["scores"], dtype=np.float32).astype(np.float64)
    both = len(set(targets)) == 2
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(targets, predicted, labels=labels, zero_division=0)
    report = metrics.classification_report(targets, predicted, output_dict=True, zero_division=0)
    average = lambda name: [report[name][figure] for figure in ("precision", "recall", "f1-score")]
    return {
        "accuracy": metrics.accuracy_score(targets, predicted),
        "balancedAccuracy": metrics.balanced_accuracy_score(targets, predicted),
        "macroF1": metrics.f1_score(targets, predicted, average="macro", zero_division=0),
        "top5Accuracy": metrics.top_k_accuracy_score(targets, scores, k=5, labels=labels) if len(labels) > 5 else None,
        "rocAUC": metrics.roc_auc_score(targets, scores[:, 1] - scores[:, 0]) if len(labels) == 2 and both else None,
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "macroAverage": average("macro avg"),
        "weightedAverage": average("weighted avg"),
        "confusionMatrix": metrics.confusion_matrix(targets, predicted, labels=labels).tolist(),
        "balancedWeights": compute_class_weight("balanced", classes=np.unique(targets), y=targets).tolist(),
    }


print(json.dumps([figures(case) for case in json.load(open(sys.argv[1]))]))
