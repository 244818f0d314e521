/// Comments of README's blocks, by the beginning of the block.
enum ReadmeNotes {
    static let all = [
        "{": "file: play.json",
        "launch/quickstart": "not run: it builds the project, and installs packages",
        "launch/install": "not run: it builds the project and writes into the user's home",
        "$ mpirun -n 2 lstm-train play.json": "not run: its figures are those of Shakespeare's text, which would be fetched",
        "$ lstm-train verify play.json": "not run: its figures are those of Shakespeare's text, which would be fetched",
        "lstm-train evaluate runs/play": "not run: it measures for ten seconds, and needs ONNX; the articles run each verb",
    ]
}
