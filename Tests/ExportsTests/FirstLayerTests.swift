import Exports
import Foundation
import Inference
import Layers
import Models
import Runs
import Testing
import Training

@Suite("Runs whose list begins with any kind of layer")
struct FirstLayerTests {
    @Test(
        "the model is found from the checkpoint's tensors without the data, and exported in every format",
        arguments: [
            #"{"type": "dense", "units": 5}"#, #"{"type": "layerNorm"}"#, #"{"type": "dropout", "rate": 0.1}, {"type": "dense", "units": 3, "activation": "relu"}"#,
            #"{"type": "noise", "deviation": 0.1}"#, #"{"type": "lstm", "hidden": 4, "bidirectional": true}"#,
            #"{"type": "rnn", "hidden": 4, "connection": "concatenate"}"#,
        ])
    func found(first: String) throws {
        let folder = try TemporaryFolder()
        try TrainedSubject.writeData(in: folder)
        let subject = try TrainedSubject(
            """
            {"data": {"kind": "sequences", "files": "FOLDER/labelled.csv", "label": "kind", "features": 2},
             "model": {"layers": [\(first), {"type": "lstm", "hidden": 7}]}, "training": {"batch": 16, "steps": 3}}
            """, in: folder)
        #expect(try subject.run.modelDescription() == subject.run.configuration.modelDescription(for: subject.data.dataset))
        for format in ExportFormat.allCases {
            let written = try subject.export(format, to: format.rawValue, in: folder)
            #expect(written.files.contains { $0.name == format.weightsFile })
        }
    }
}
