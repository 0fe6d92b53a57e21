using ChatModels.Batches.Stores;
using ChatModels.Registry.Stores;
using ChatModels.Telemetry;

namespace ChatModels.Batches.Running;

internal sealed partial class ChunkRun
{
    // So often is a line tried whose call fails in a way that may pass; being asked to come later does not count.
    private const int MostTries = 3;

    /// <summary>Tries the lines of one model in their order, as many at once as it gets slots for.</summary>
    private async Task TryAsync(string model, List<ChunkLine> lines)
    {
        List<Task> underWay = [.. lines.Where(line => line.IsPoison).Select(PoisonAsync)];
        lines.RemoveAll(line => line.IsPoison);
        for (var next = 0; next < lines.Count && MayBegin;)
        {
            var alone = lines[next].IsSuspect;
            var want = alone ? 1 : lines.Skip(next).TakeWhile(line => !line.IsSuspect).Count();
            var begun = await BeginAsync(model, lines, next, want, alone);
            if (begun == 0)
            {
                break;
            }

            underWay.AddRange(lines.Skip(next).Take(begun).Select(line => RunAsync(line, alone)));
            next += begun;
        }

        await Task.WhenAll(underWay);
    }

    /// <summary>Gets slots and notes what is begun with them; 0 when nothing may be begun any more.</summary>
    private async Task<int> BeginAsync(string model, List<ChunkLine> lines, int next, int want, bool alone)
    {
        var slots = 0;
        try
        {
            slots = await _context.Slots.AcquireAsync(Batch, model, want, alone, _begin.Token);
            if (MayBegin)
            {
                LineMark[] marks = [.. lines.Skip(next).Take(slots).Select(line => new LineMark(line.Index, line.Lost, _lease.Token))];
                await _context.Store.MarkAsync(Batch, Chunk, marks, _begin.Token);
                if (MayBegin)
                {
                    Unbegun = Math.Max(0, Unbegun - slots);
                    _context.Wake.Set();
                    return slots;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nothing may be begun any more.
        }
        catch (StoreUnavailableException exception)
        {
            _context.LogChunkLeft(Batch, exception.Message);
        }

        if (slots > 0)
        {
            _context.Slots.Release(model, slots, alone);
        }

        return 0;
    }

    /// <summary>Tries one line, with a slot, until it has an answer that stays; or leaves it without a result.</summary>
    private async Task RunAsync(ChunkLine line, bool alone)
    {
        for (var tries = 1; ; tries++)
        {
            var answer = await CallAsync(line, tries);
            var isAgain = answer is not null && IsAgain(answer, tries);
            if (answer is not null && !isAgain)
            {
                await KeepAsync(line, LineRecord.Of(Batch, line.Index, line.Input.CustomId, answer));
            }

            _context.Slots.Release(line.Model, 1, alone);
            if (!isAgain || !await WaitForAnotherTryAsync(line, answer!, alone, tries))
            {
                return;
            }

            tries -= answer!.IsLimited ? 1 : 0;
        }
    }

    private static bool IsAgain(LineAnswer answer, int tries) => answer.IsLimited || (answer.IsTransient && tries < MostTries);

    private async Task<LineAnswer?> CallAsync(ChunkLine line, int tries)
    {
        using var telemetry = BatchTelemetry.BeginLine(Batch, line.Index, _job.Record.TraceParent, _context.Time);
        try
        {
            var answer = await _context.Caller.CallAsync(line.Input.Body, _job.Calls);
            if (!answer.IsGood && !IsAgain(answer, tries))
            {
                // While its span is the current one: whoever has the line's request id finds both.
                _context.TellBadLine(Batch, line.Index, answer);
            }

            telemetry.End(answer.Status, answer.Code);
            if (answer.IsLimited)
            {
                var (limit, wait, isNews) = _context.Slots.Refused(line.Model, answer.RetryAfter);
                if (isNews)
                {
                    _context.LogLimited(line.Model, limit, wait);
                }
            }

            return answer with { TraceId = telemetry.TraceId };
        }
        catch (OperationCanceledException) when (_job.Calls.IsCancellationRequested)
        {
            telemetry.End(0, ErrorCodes.ClientClosed);
            return null;
        }
        catch (Exception exception)
        {
            // The boundary of a line: whatever is wrong with it must cost neither its chunk nor the worker.
            _context.LogLineFailed(exception, Batch, line.Index);
            telemetry.End(500, ErrorCodes.InternalError);
            return new LineAnswer(500, Chat.OpenAIErrorBody.Write(500, ErrorCodes.InternalError, "Something is broken in this service. Its log has the cause.", null))
            {
                Code = ErrorCodes.InternalError,
                TraceId = telemetry.TraceId,
            };
        }
    }

    /// <summary>Puts a line back until it may be tried again; then it has a slot again.</summary>
    private async Task<bool> WaitForAnotherTryAsync(ChunkLine line, LineAnswer answer, bool alone, int tries)
    {
        try
        {
            // Not under way for now: a worker that is lost meanwhile was not lost with it.
            await _context.Store.MarkAsync(Batch, Chunk, [new LineMark(line.Index, line.Lost, null)], _begin.Token);
            var pause = answer.IsLimited ? TimeSpan.Zero : _context.Chance.Between(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1 << tries));
            return await Pause.ForAsync(pause, _context.Time, _begin.Token) && await BeginAsync(line.Model, [line], 0, 1, alone) == 1;
        }
        catch (Exception exception) when (exception is StoreUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }

    private Task PoisonAsync(ChunkLine line)
    {
        _context.LogPoison(Batch, line.Index, line.Lost);
        return KeepAsync(line, LineRecord.Of(
            Batch, line.Index, line.Input.CustomId, ErrorCodes.BatchLinePoison, $"The worker was lost {line.Lost} times while it worked on this line; it is not tried again."));
    }

    /// <summary>Keeps a result, however long the store is away, unless the worker has to end before.</summary>
    private async Task KeepAsync(ChunkLine line, ReadOnlyMemory<byte> record)
    {
        do
        {
            try
            {
                var isFirst = await _context.Store.AnswerAsync(Batch, Chunk, line.Index, record, CancellationToken.None);
                line.IsAnswered = true;
                BatchTelemetry.Answered(isFirst, LineRecord.IsGood(record));
                if (_lease.IsOver)
                {
                    await ClearLateAsync();
                }

                return;
            }
            catch (StoreUnavailableException)
            {
                // Asked again: a write whose answer was lost is found to be there.
            }
        }
        while (await Pause.ForAsync(RetryPause, _context.Time, _job.Worker.Ending));
    }

    /// <summary>A result that came after the claim was over may have come after the chunk was sealed, or the batch swept: then it must not stay.</summary>
    private async Task ClearLateAsync()
    {
        if ((await _context.Store.ReadChunkAsync(Batch, Chunk, CancellationToken.None)).IsSealed || await _context.Store.ReadLayoutAsync(Batch, CancellationToken.None) is null)
        {
            await _context.Store.DropChunkAsync(Batch, Chunk, CancellationToken.None);
        }
    }
}
