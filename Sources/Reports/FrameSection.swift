import Charts
import Inference
import NumberText
import Threads

/// Generated drawings, or a generated sequence of numbers.
struct FrameSection {
    let record: RunRecord
    let team: ThreadTeam

    private static let (drawingCount, pointLimit, frameCount) = (32, 500, 200)
    private static let temperatures = [0.2, 0.5, 1]

    func write(on page: inout Page) {
        do {
            let usual = try generator(temperature: 1)
            if usual.drawsDrawings { try writeDrawings(on: &page) } else { try writeFrames(usual, on: &page) }
        } catch {
            page.warning("The model can't be made to draw. \(error)")
        }
    }

    private func generator(temperature: Double) throws -> FrameGenerator {
        try FrameGenerator(run: record.trained, temperature: temperature, seed: 1, team: team)
    }

    private func writeDrawings(on page: inout Page) throws {
        for temperature in Self.temperatures {
            var drawings: [[[Point]]] = []
            try generator(temperature: temperature).generate(from: [], count: Self.drawingCount, length: Self.pointLimit) { _, points in
                drawings.append(StrokeDrawings.strokes(ofOffsets: points))
                return true
            }
            let title = "Drawn at temperature \(decimal(temperature))"
            page.widePicture(
                "drawn-\(decimal(temperature))", StrokeDrawings(title, summary: "\(Self.drawingCount) drawings of the model, point by point.", drawings: drawings).picture)
        }
    }

    private func writeFrames(_ generator: FrameGenerator, on page: inout Page) throws {
        var frames: [[Double]] = []
        generator.generate(from: [], count: 1, length: Self.frameCount) { _, steps in
            frames = steps
            return true
        }
        // Each number from its least to its greatest value.
        let rows = generator.names.enumerated().map { place, name -> (String, [Double]) in
            let values = frames.map { $0[place] }
            let (least, greatest) = (values.min() ?? 0, values.max() ?? 0)
            return (name, values.map { greatest > least ? ($0 - least) / (greatest - least) : 0 })
        }
        page.widePicture(
            "drawn",
            TimeStrips(
                "A sequence that the model draws", subtitle: "each number from its least to its greatest value", summary: "\(frames.count) frames, each drawn after those before.",
                names: [], timeCount: frames.count, strips: [TimeStrips.Strip("at temperature 1", rows: rows)]
            ).picture)
    }
}
