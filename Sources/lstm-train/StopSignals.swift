import Foundation
import Synchronization
import Training

/// Signals: SIGUSR1, and SIGXCPU when the limit of CPU time is near: save and stop (exit 75). SIGUSR2: save and continue.
/// SIGTERM, SIGINT and SIGHUP: as SIGUSR1, if the launcher leaves time for it.
enum StopSignals {
    // Global, since a signal handler can't access anything else.
    private static let request = Atomic<Int>(Trainer.Request.goOn.rawValue)

    /// Installs the handlers. Call it before MPI starts, which takes a while: a signal meanwhile must not end the process without a checkpoint.
    static func listen() {
        leaveTimeToSave()
        // nohup ignores SIGHUP for its command, which should continue when its terminal closes.
        for number in [SIGUSR1, SIGXCPU, SIGTERM, SIGINT] + (isIgnored(SIGHUP) ? [] : [SIGHUP]) {
            signal(number) { number in
                StopSignals.request.store(Trainer.Request.stop.rawValue, ordering: .relaxed)
                // A second signal ends the process immediately: before the first step there is nothing to save, and requests aren't read.
                if number != SIGUSR1 && number != SIGXCPU { signal(number, SIG_DFL) }
            }
        }
        signal(SIGUSR2) { _ in
            _ = StopSignals.request.compareExchange(
                expected: Trainer.Request.goOn.rawValue, desired: Trainer.Request.save.rawValue, ordering: .relaxed)
        }
        unblock([SIGUSR1, SIGUSR2, SIGXCPU, SIGTERM, SIGINT, SIGHUP])
    }

    /// The latest request since the last call.
    static func asked() -> Trainer.Request {
        let asked = Trainer.Request(rawValue: request.load(ordering: .relaxed)) ?? .goOn
        if asked == .save { request.store(Trainer.Request.goOn.rawValue, ordering: .relaxed) }
        return asked
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // Compares bits, since SIG_IGN is 1 and Swift can't compare functions.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Unblocks signals that the parent process had blocked, since a process inherits that.
    private static func unblock(_ numbers: [Int32]) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }
}
