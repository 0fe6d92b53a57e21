using System.Text.Json;
using ChatModels.Batches;
using ChatModels.Batches.Stores;
using ChatModels.Tests.Registry.Simulation;

namespace ChatModels.Tests.Batches.Simulation;

/// <summary>What must hold, whatever happens.</summary>
internal sealed class BatchInvariants(BatchWorld world, BatchCoverage seen)
{
    private readonly Dictionary<string, int> _lostUnderWay = new(StringComparer.Ordinal);
    private string? _calledWithoutClaim;

    /// <summary>Workers are killed and started, and nothing else goes wrong: then every repeated call has to be one that was under way at a crash.</summary>
    public bool IsOnlyCrashes { get; set; }

    public void Killed(SimulatedWorker worker)
    {
        // Under way until the store has the result: a call that came back a moment before is lost just the same.
        foreach (var key in world.Batches.SelectMany(b => b.Keys).Where(key => world.Vendor.CountOf(key) > 0 && !world.HasAnswer(key)))
        {
            _lostUnderWay[key] = _lostUnderWay.GetValueOrDefault(key) + 1;
        }

        seen.Killed += worker.IsDead ? 0 : 1;
    }

    /// <summary>Whoever calls for a line holds its chunk, for some time yet; or nobody does, since the batch was finished meanwhile.</summary>
    public void Called(SimulatedWorker worker, string key)
    {
        var batch = world.Batches.First(b => b.Keys.Contains(key));
        var holder = world.Server.Holder(batch.Id, new WorkUnit(batch.Keys.IndexOf(key) / world.Options.ChunkLines));
        _calledWithoutClaim ??= holder is null || worker.Tokens.Contains(holder) ? null : $"{worker.Name} called for {key}, which somebody else has claimed";
    }

    public void Check()
    {
        SimulationViolationException.Unless(_calledWithoutClaim is null, $"{_calledWithoutClaim}");
        foreach (var batch in world.Batches)
        {
            var now = world.Look(batch);
            var (status, completed, failed) = (now.State.Status, now.Completed, now.Failed);
            SimulationViolationException.Unless(Rank(status) >= Rank(batch.Status), $"{batch.Id} went from {batch.Status} back to {status}");
            SimulationViolationException.Unless(completed >= batch.Completed && failed >= batch.Failed, $"the counts of {batch.Id} shrank from {batch.Completed}+{batch.Failed} to {completed}+{failed}");
            SimulationViolationException.Unless(completed + failed <= batch.Keys.Count, $"the counts of {batch.Id} are {completed}+{failed} of {batch.Keys.Count}");
            SimulationViolationException.Unless(!batch.Deleted.Exists(world.IsListed), $"a result of {batch.Id} is back after it was deleted");
            (batch.Status, batch.Completed, batch.Failed) = (status, completed, failed);
        }
    }

    public void CheckEnd()
    {
        Check();
        foreach (var batch in world.Batches)
        {
            CheckEnd(batch, world.Look(batch));
        }
    }

    public void CheckNothingIsLeft()
    {
        SimulationViolationException.Unless(world.Server.WorkCount == 0, $"{world.Server.WorkCount} batches have left something in the store");
        var left = world.Files.ListAsync(CancellationToken.None).Result.Select(f => f.Id).Except(world.Batches.Select(b => b.InputFile)).Where(id => !IsResult(id)).ToList();
        SimulationViolationException.Unless(left.Count == 0, $"these bytes belong to nobody: {string.Join(", ", left)}");
    }

    private bool IsResult(string id) => world.Batches.Exists(b => (id == BatchIds.OutputFile(b.Id) || id == BatchIds.ErrorFile(b.Id)) && !b.Deleted.Contains(id));

    private void CheckEnd(ExpectedBatch batch, BatchProgress end)
    {
        seen.Ends.Add(end.State.Status.ToString());
        SimulationViolationException.Unless(end.State.IsFinal, $"{batch.Id} has not ended, it is {end.State.Status}");
        if (end.State.Status is BatchStatus.Failed)
        {
            SimulationViolationException.Unless(!batch.IsGood || end.State.Closing!.Mistakes[0].Code == "file_not_found", $"{batch.Id} failed with {end.State.Closing!.Mistakes[0].Message}");
            return;
        }

        SimulationViolationException.Unless(end.State.Started!.Lines == 0 || batch.IsGood, $"{batch.Id} has mistakes and was started");
        if (end.State.Started.Lines == 0)
        {
            SimulationViolationException.Unless(end.State.Status is BatchStatus.Cancelled or BatchStatus.Expired, $"{batch.Id} has no lines and is {end.State.Status}");
            return;
        }

        if (batch.Deleted is not [])
        {
            seen.Deleted++;
            return;
        }

        var results = world.Lines(end.State.Ended!.OutputFile).Concat(world.Lines(end.State.Ended.ErrorFile)).ToLookup(Key, StringComparer.Ordinal);
        var output = world.Lines(end.State.Ended.OutputFile).Select(Key).ToList();
        var errors = world.Lines(end.State.Ended.ErrorFile).Select(Key).ToList();
        SimulationViolationException.Unless(
            output.Concat(errors).Order(StringComparer.Ordinal).SequenceEqual(batch.Keys.Order(StringComparer.Ordinal)),
            $"{batch.Id} has {batch.Keys.Count} lines, and the results of: {string.Join(' ', output)} and {string.Join(' ', errors)}");
        SimulationViolationException.Unless((end.Completed, end.Failed) == (output.Count, errors.Count), $"{batch.Id} counts {end.Completed}+{end.Failed}, its files have {output.Count}+{errors.Count}");
        SimulationViolationException.Unless(IsOrdered(batch, output) && IsOrdered(batch, errors), $"the results of {batch.Id} are not in the order of the input");
        foreach (var key in batch.Keys)
        {
            CheckLine(batch, key, output.Contains(key), end.State.Status);
            CheckFirst(batch, key, results[key].Single());
        }
    }

    private void CheckLine(ExpectedBatch batch, string key, bool isGood, BatchStatus status)
    {
        var (kind, calls) = (batch.Kinds[batch.Keys.IndexOf(key)], world.Vendor.CountOf(key));
        seen.Calls.Add(kind, calls);
        SimulationViolationException.Unless(kind is not ("bad" or "poison") || !isGood, $"{key} is {kind} and has a good result");
        SimulationViolationException.Unless(!isGood || calls > 0, $"{key} has a good result and was never tried");
        if (IsOnlyCrashes && kind is "good" or "bad")
        {
            SimulationViolationException.Unless(calls <= 1 + _lostUnderWay.GetValueOrDefault(key), $"{key} was tried {calls} times, and under way at {_lostUnderWay.GetValueOrDefault(key)} crashes");
            SimulationViolationException.Unless(status is not BatchStatus.Completed || isGood == (kind == "good") || _lostUnderWay.GetValueOrDefault(key) >= 3, $"{key} is {kind}, and its result is {(isGood ? "good" : "bad")}");
        }
    }

    /// <summary>Whoever came second threw his result away.</summary>
    private void CheckFirst(ExpectedBatch batch, string key, string kept)
    {
        var first = world.FirstAnswer(batch, batch.Keys.IndexOf(key));
        SimulationViolationException.Unless(kept == first, $"the first result of {key} was {first}, and {kept} was kept");
    }

    private static bool IsOrdered(ExpectedBatch batch, List<string> keys)
    {
        int[] lines = [.. keys.Select(key => batch.Keys.IndexOf(key))];
        return lines.SequenceEqual(lines.Order());
    }

    private static string Key(string line) => JsonDocument.Parse(line).RootElement.GetProperty("custom_id").GetString()!;

    private static int Rank(BatchStatus status) => status switch
    {
        BatchStatus.Validating => 0,
        BatchStatus.InProgress => 1,
        BatchStatus.Cancelling or BatchStatus.Finalizing => 2,
        _ => 3,
    };
}

/// <summary>What a run, or many, went through.</summary>
internal sealed class BatchCoverage
{
    public Tally Faults { get; } = new();

    public Tally Ends { get; } = new();

    public Tally Calls { get; } = new();

    public int Steps { get; set; }

    public int Killed { get; set; }

    public int LostAnswers { get; set; }

    public int LateWrites { get; set; }

    public int RivalAnswers { get; set; }

    public int Deleted { get; set; }

    public int SleptWhileFinishing { get; set; }

    public TimeSpan Simulated { get; set; }

    public void Add(BatchCoverage other)
    {
        Faults.Add(other.Faults);
        Ends.Add(other.Ends);
        Calls.Add(other.Calls);
        Steps += other.Steps;
        Killed += other.Killed;
        LostAnswers += other.LostAnswers;
        LateWrites += other.LateWrites;
        RivalAnswers += other.RivalAnswers;
        Deleted += other.Deleted;
        SleptWhileFinishing += other.SleptWhileFinishing;
        Simulated += other.Simulated;
    }

    public override string ToString() =>
        $"""
        {Steps} steps, {Simulated.TotalHours:F1} simulated hours, {Killed} workers killed, {LostAnswers} answers lost, {LateWrites} calls done late, {RivalAnswers} lines answered twice, {SleptWhileFinishing} finishers overslept, {Deleted} batches whose results were deleted
        batches: {Ends}
        calls: {Calls}
        faults: {Faults}
        """;
}
