using System.Diagnostics;
using ChatModels.Registry;
using ChatModels.Registry.Snapshots;
using ChatModels.Registry.Sync;
using ChatModels.Registry.Wire;

namespace ChatModels.Benchmarks.Figures;

/// <summary>Applies one change as a replica does that was told of it: from the log entry's bytes to the snapshot that would serve.</summary>
internal static class ChangeFigure
{
    private const int Models = 10_000;
    private const int WarmUp = 100;
    private const int Rounds = 500;

    public static Figure Measure()
    {
        var builder = LoadedRegistry.NewBuilder();
        var snapshot = builder.Build(Corpus.Image(Models), RegistrySnapshot.NotLoaded).Snapshot!;
        var took = new List<double>(Rounds);
        var cost = new List<double>(Rounds);
        var collected = new List<double>(Rounds);
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            var next = snapshot.Head! with { Revision = snapshot.Head.Revision + 1, Stamp = $"stamp-{round}" };
            var entry = Corpus.Change(next, snapshot.Head, round % Models, round + 1);
            var (started, processor, paused) = (Stopwatch.GetTimestamp(), ThreadClock.Now, GC.GetTotalPauseDuration());
            snapshot = Apply(builder, snapshot, next, entry);
            if (round >= WarmUp)
            {
                took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                cost.Add((ThreadClock.Now - processor).TotalMilliseconds);
                collected.Add((GC.GetTotalPauseDuration() - paused).TotalMilliseconds);
            }
        }

        var samples = new Samples(took);
        var (own, pauses) = (new Samples(took.Zip(collected, (all, pause) => all - pause)), new Samples(collected));
        var measured = $"{samples.Told("ms")}; of processor time {new Samples(cost).Told("ms")}; without the collector's pauses (most {pauses.At(1):0.0} ms) {own.Told("ms")}";
        return new Figure($"apply one change to {Models:N0} models", "<= 2 ms", measured, samples.Median <= 2);
    }

    private static RegistrySnapshot Apply(SnapshotBuilder builder, RegistrySnapshot snapshot, RegistryHead next, byte[] entry)
    {
        LogRecord?[] log = [LogCodec.TryDecode(entry)];
        return History.Trace(snapshot.Head!, next, log) is Descent.Follows && LogReplay.Fold(log) is { } delta
            ? builder.Apply(snapshot, next, delta).Snapshot!
            : throw new InvalidOperationException("The change does not follow.");
    }
}
