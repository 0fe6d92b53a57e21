namespace ChatModels.Batches.Running;

/// <summary>What waits to be done, by all workers together, and what this one does of it.</summary>
/// <param name="Work">The batches that this worker works on.</param>
/// <param name="Open">How many unfinished batches there are, by their status.</param>
/// <param name="Waiting">Lines of theirs in chunks that are not sealed.</param>
/// <param name="OldestAge">How long ago the oldest of them was created; null where there is none.</param>
/// <param name="TimeLeft">How long it takes at the rate of the last seconds until no line waits; null where that can't be told.</param>
internal sealed record QueueStanding(
    IReadOnlyList<string> Work, IReadOnlyDictionary<BatchStatus, int> Open, long Waiting, TimeSpan? OldestAge, TimeSpan? TimeLeft)
{
    public static readonly QueueStanding Empty = new([], new Dictionary<BatchStatus, int>(), 0, null, null);

    public static QueueStanding Of(IReadOnlyList<BatchJob> jobs, Func<BatchJob, bool> isWorkedOn, DateTimeOffset now)
    {
        var open = jobs.Where(job => !job.State.IsFinal).ToList();
        var waiting = open.Sum(job => (long)job.Waiting);
        var perSecond = open.Sum(job => job.PerSecond ?? 0);
        return new QueueStanding(
            [.. jobs.Where(isWorkedOn).Select(job => $"{job.Record.Id}: {job.State.Status.Name()}, {job.Held} chunks")],
            open.CountBy(job => job.State.Status).ToDictionary(),
            waiting,
            open is [] ? null : now - open.Min(job => job.Record.CreatedAt),
            waiting == 0 ? TimeSpan.Zero : perSecond > 0 ? TimeSpan.FromSeconds(waiting / perSecond) : null);
    }
}
