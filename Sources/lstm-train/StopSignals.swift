import Foundation
import Synchronization
import Training

/// SIGUSR1, and SIGXCPU, where the limit of processor time is near: save and stop (exit 75). SIGUSR2: save and go on.
/// SIGTERM, SIGINT and SIGHUP: as SIGUSR1, if the launcher leaves time for it.
enum StopSignals {
    // A signal's handler can reach nothing but a global.
    private static let request = Atomic<Int>(Trainer.Request.goOn.rawValue)

    /// Begins to listen. To be called before MPI starts, which takes a while: a signal meanwhile must not end the process unsaved.
    static func listen() {
        leaveTimeToSave()
        // nohup ignores SIGHUP for what it starts, which is to go on when its terminal closes.
        for number in [SIGUSR1, SIGXCPU, SIGTERM, SIGINT] + (isIgnored(SIGHUP) ? [] : [SIGHUP]) {
            signal(number) { number in
                StopSignals.request.store(Trainer.Request.stop.rawValue, ordering: .relaxed)
                // Who asks twice wants the end at once: before the first step there is nothing to save, and nobody looks.
                if number != SIGUSR1 && number != SIGXCPU { signal(number, SIG_DFL) }
            }
        }
        signal(SIGUSR2) { _ in
            _ = StopSignals.request.compareExchange(
                expected: Trainer.Request.goOn.rawValue, desired: Trainer.Request.save.rawValue, ordering: .relaxed)
        }
        unblock([SIGUSR1, SIGUSR2, SIGXCPU, SIGTERM, SIGINT, SIGHUP])
    }

    /// What is asked of training since it was last asked.
    static func asked() -> Trainer.Request {
        let asked = Trainer.Request(rawValue: request.load(ordering: .relaxed)) ?? .goOn
        if asked == .save { request.store(Trainer.Request.goOn.rawValue, ordering: .relaxed) }
        return asked
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN has the bits of 1, and a Swift closure none that compare.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Lets signals through that whoever started this process had blocked, for a process inherits that.
    private static func unblock(_ numbers: [Int32]) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
