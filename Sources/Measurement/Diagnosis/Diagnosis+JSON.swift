import Files
import Kernels
public import StrictJSON
import Training

extension Diagnosis {
    /// All figures as JSON: times in seconds, sizes in bytes, rates per second.
    public var json: JSONValue {
        .object([
            "machine": machine.json,
            "instructionSet": .text(instructionSet()), "unusedInstructionSets": .text(unusedInstructionSets()), "bfloat16IsNative": .bool(bfloat16IsNative),
            "bfloat16BesideFloat32": .real(PairSpeed.measured.besideFloat32),
            "ranks": .list(ranks.map(\.json)),
            "corePeakGFLOPS": .real(corePeak), "peakGFLOPS": .real(wholePeak), "memoryBytesPerSecond": .real(memoryByteRate),
            "sums": .list(groups.map(\.sums.json)),
            "disk": disk.map {
                .object([
                    "path": .text($0.path), "type": .text($0.fileSystemType), "freeBytes": .integer($0.freeByteCount),
                    "writeSeconds": .real($0.writeSeconds),
                ])
            } ?? JSONValue(.null),
            "model": .object([
                "parameters": .integer(model.parameterCount), "batch": .integer(model.batch), "timeSteps": .integer(model.timeCount),
                "shards": .integer(model.shardCount), "leastMemoryBytes": .real(model.leastByteCount), "checkpointBytes": .real(model.checkpointByteCount),
                "runBytes": .real(model.runByteCount),
            ]),
            "otherPrecision": otherPrecision?.json ?? JSONValue(.null),
            "forecast": .list(forecast.rows.map(\.json)),
            "advice": .list(advice.map { .object(["isWarning": .bool($0.isWarning), "text": .text("\($0)")]) }),
        ])
    }
}
