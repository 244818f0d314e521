import Checkpoints
import Files

/// What processes do to a run, one after another, told anew for every way in which the last of them may end.
struct RunStory {
    typealias Work = (LockedRun) throws -> Void
    typealias Named = (name: String, history: RecordedHistory)

    let name: String
    /// Each process's work, and that of one more when the last has met a fault. It says to the history what a power cut must leave.
    let told: (RecordedHistory) -> (processes: [Work], next: Work)

    /// The story as it is, and with the last process killed, or told of an error once, at each synchronization of a directory:
    /// there the next process sees names that the disk doesn't have yet.
    func histories(_ faults: [FaultInjector.Fault]) throws -> [Named] {
        let whole = try history()
        let last = whole.changes[whole.firstCrash...]
        let places = zip(0..., last).filter { $1.operation.kind == .synchronize && $1.isOfDirectory }.map(\.0)
        return try [(name, whole)]
            + faults.flatMap { fault in
                try places.map { place in ("\(name); \(fault) at change \(place)", try history(stoppingAt: place, fault)) }
            }
    }

    /// Its crashes are those of the last process only, or, after a fault, of the next one.
    private func history(stoppingAt place: Int? = nil, _ fault: FaultInjector.Fault = .death) throws -> RecordedHistory {
        let history = try RecordedHistory()
        let (processes, next) = told(history)
        for work in processes.dropLast() { try history.process(doing: work) }
        history.beginCrashes()
        if let last = processes.last { try history.process(stoppingAt: place, fault, doing: last) }
        guard place != nil else { return history }
        // An error's consequences come in the process that goes on, a death's in the next.
        if fault == .death { history.beginCrashes() }
        try history.process(doing: next)
        return history
    }
}
