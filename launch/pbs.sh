#!/usr/bin/env bash
# Trains in a PBS allocation (OpenPBS, PBS Pro); before its time ends it saves, submits itself again, and continues from there.
#
#     qsub -v ARGUMENTS="config.json training.epochs=20" launch/pbs.sh        from the project's directory
#     qsub -J 1-5 -v ARGUMENTS="config.json training.seed=%a" launch/pbs.sh        a run each; %a is the sub-job's number
#
# Edit: the lines below, to your cluster: nodes, ranks a node, cores a rank, walltime, queue or account; and SAVE_AFTER with the walltime.
# Needs: Open MPI on the nodes; this directory and Swift's libraries at the same path on each; lstm-train built (launch/local does it).
# The run directory is runs/pbs-JOB, in an array runs/pbs-JOB-SUBJOB, the same in each later job. Ends with lstm-train's exit code.
#PBS -N lstm-train
#PBS -l select=1:ncpus=2:mpiprocs=2
#PBS -l walltime=04:00:00
#PBS -j oe
set -euo pipefail

# PBS gives no warning: two minutes before the walltime above, in seconds, the ranks get a signal, save, and end with 75.
save_after=${SAVE_AFTER:-14280}

# PBS runs a copy of this file, so the project is where qsub was called.
cd "$PBS_O_WORKDIR"
program=${LSTM_TRAIN:-$PWD/.build/release/lstm-train}
[[ -n ${ARGUMENTS:-} ]] || { echo 'Usage: qsub -v ARGUMENTS="CONFIG [ARGUMENT...]" launch/pbs.sh' >&2; exit 64; }
[[ -x $program ]] || { echo "$program is missing; build it with: swift build -c release" >&2; exit 66; }
# A job that continues another has its run and its number in the array from it.
task=${TASK:-${PBS_ARRAY_INDEX:-}}
number=${PBS_JOBID%%[.[]*}
run=${RUN:-runs/pbs-$number${task:+-$task}}
read -ra arguments <<<"${ARGUMENTS//%a/$task}"

mpirun --hostfile "$PBS_NODEFILE" -n "$(wc -l <"$PBS_NODEFILE")" --bind-to none "$program" train "${arguments[@]}" \
    --run-directory "$run" "parallelism.threads=${OMP_NUM_THREADS:-1}" &
mpirun=$!
# Set once the time is nearly over: who stops the run otherwise, by a file STOP say, wants it to stay so.
timed_out=
trap 'timed_out=1; kill -USR1 "$mpirun" 2>/dev/null || true' USR1
# In pieces, so that none outlives this script by much.
(while ((SECONDS < save_after)); do sleep 5; done; kill -USR1 $$) >/dev/null 2>&1 &
timer=$!
# A signal ends wait early: wait again until mpirun itself has ended.
while kill -0 "$mpirun" 2>/dev/null; do wait "$mpirun" || true; done
code=0
wait "$mpirun" || code=$?
kill "$timer" 2>/dev/null || true
if ((code == 75)) && [[ -n $timed_out ]]; then
    # qrerun is for operators; anyone may submit.
    RUN=$run TASK=$task ARGUMENTS=$ARGUMENTS qsub -v "RUN,TASK,ARGUMENTS,SAVE_AFTER=$save_after${LSTM_TRAIN:+,LSTM_TRAIN}${OMP_NUM_THREADS:+,OMP_NUM_THREADS}" launch/pbs.sh
    echo 'Saved; submitted again.'
fi
exit "$code"
