using System.Text.Json;
using ChatModels.Batches.Input;
using ChatModels.Batches.Stores;
using ChatModels.Telemetry;

namespace ChatModels.Batches.Running;

/// <summary>An open batch as this worker sees it: how it stands, and what the worker does for it.</summary>
internal sealed class BatchJob : IDisposable
{
    private const int Window = 64;

    private readonly RunnerContext _context;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _grace;
    private readonly CancellationTokenSource _calls;
    private readonly HashSet<int> _sealed = [];
    private readonly BatchRate _rate;
    private readonly Dictionary<int, ChunkRun> _held = [];
    private InputLayout? _layout;

    public BatchJob(RunnerContext context, WorkerLife worker, BatchRecord record)
    {
        (_context, Worker, Record) = (context, worker, record);
        _grace = new CancellationTokenSource(Timeout.InfiniteTimeSpan, context.Time);
        _calls = CancellationTokenSource.CreateLinkedTokenSource(_grace.Token, worker.Ending);
        _rate = new BatchRate(context.Time);
        State = new BatchState(record, null, null, null);
    }

    public BatchRecord Record { get; }

    public WorkerLife Worker { get; }

    public BatchState State { get; private set; }

    /// <summary>Ended when no more lines are to be begun, because the batch is closing.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Ended when calls under way are to be given up.</summary>
    public CancellationToken Calls => _calls.Token;

    public int Held => _held.Count;

    public int Unbegun => _held.Values.Sum(run => run.Unbegun);

    /// <summary>Lines in chunks that are not sealed, by any worker.</summary>
    public int Waiting => State.Started is { } started && !State.IsFinal ? started.Lines - Sealed() : 0;

    /// <summary>Lines that all workers together seal in a second; null before that can be told.</summary>
    public double? PerSecond => _rate.PerSecond;

    /// <summary>Whether a look at the claims found nothing to claim; forgotten with the next refresh.</summary>
    public bool IsExhausted { get; private set; }

    public bool CanClaim => !IsExhausted && _layout is not null && !State.IsFinal && _sealed.Count + _held.Count < _layout.Chunks.Count;

    /// <summary>Whether every chunk is sealed.</summary>
    public bool IsAllSealed => State.Started is { } started && _sealed.Count == started.Chunks;

    /// <summary>Whether this worker has brought it to its end and cleared it away: then nothing is left to be done.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether the store must be asked before anything else is done.</summary>
    public bool NeedsRefresh { get; set; } = true;

    /// <summary>Looks how the batch stands.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        State = await BatchState.ReadAsync(_context.Store, Record, cancellationToken);
        if (!State.IsFinal && State.Closing is null && _context.Time.GetUtcNow() >= Record.ExpiresAt)
        {
            await CloseAsync(new ClosingStep(_context.Time.GetUtcNow(), BatchClosing.Expired));
            State = await BatchState.ReadAsync(_context.Store, Record, cancellationToken);
        }

        if (State.Closing is not null && !_closing.IsCancellationRequested)
        {
            _grace.CancelAfter(_context.Options.Grace);
            _closing.Cancel();
        }

        if (State.Started is { Chunks: > 0 } && !State.IsFinal)
        {
            await RefreshChunksAsync(cancellationToken);
        }

        (IsExhausted, NeedsRefresh) = (false, false);
    }

    /// <summary>Claims the first chunk that nobody has; null when there is none now.</summary>
    public async Task<ChunkRun?> TryClaimAsync(CancellationToken cancellationToken)
    {
        var wanted = _layout!.Chunks.Where(chunk => !_sealed.Contains(chunk.Index) && !_held.ContainsKey(chunk.Index)).Select(chunk => chunk.Index);
        foreach (var window in wanted.Chunk(Window))
        {
            foreach (var chunk in await _context.Store.UnclaimedAsync(Record.Id, window, cancellationToken))
            {
                if (await TryClaimAsync(_layout.Chunks[chunk], cancellationToken) is { } run)
                {
                    _held.Add(chunk, run);
                    return run;
                }
            }
        }

        IsExhausted = true;
        return null;
    }

    /// <summary>Notes that a chunk is sealed.</summary>
    public void Sealed(int chunk) => _sealed.Add(chunk);

    /// <summary>Notes that a chunk is not worked on here any more.</summary>
    public void Left(ChunkRun run)
    {
        _held.Remove(run.Chunk);
        NeedsRefresh |= !CanClaim; // Perhaps that was the last one.
    }

    /// <summary>Says what is to become of the batch, unless somebody has before.</summary>
    public async Task CloseAsync(ClosingStep step)
    {
        var isFirst = await _context.Store.TakeStepAsync(Record.Id, BatchStep.Closing, JsonSerializer.SerializeToUtf8Bytes(step, BatchJson.Default.ClosingStep), CancellationToken.None);
        if (isFirst && step.How is BatchClosing.Failed)
        {
            TellEnd(BatchStatus.Failed, 0, 0, step.Mistakes[0].Param == "input_file_id" ? ErrorCodes.NotFound : ErrorCodes.InvalidRequest);
        }
    }

    /// <summary>The batch's span, for telemetry; called by whoever ended it.</summary>
    public void TellEnd(BatchStatus status, int completed, int failed, string? error) => BatchSpans.End(
        Record.Id, Record.TraceParent, Record.CreatedAt, _context.Time.GetUtcNow(), new BatchEnd(status.Name(), completed, failed, error));

    /// <summary>Without its input a batch can't go on; better an end than none.</summary>
    public async Task InputIsGoneAsync()
    {
        await CloseAsync(new ClosingStep(_context.Time.GetUtcNow(), BatchClosing.Failed)
        {
            Mistakes = [new BatchMistake("input_file_lost", $"The bytes of the input file '{Record.InputFile}' are gone or changed.", "input_file_id", null)],
        });
        NeedsRefresh = true;
    }

    /// <summary>What lines get that nobody has answered.</summary>
    public (string Code, string Message) WhyClosing() => State.Closing?.How is BatchClosing.Expired
        ? (ErrorCodes.BatchExpired, "This request could not be executed before the completion window expired.")
        : (ErrorCodes.BatchCancelled, "This request was not executed because the batch was cancelled.");

    public void Dispose()
    {
        _calls.Dispose();
        _grace.Dispose();
        _closing.Dispose();
    }

    private async Task<ChunkRun?> TryClaimAsync(InputChunk chunk, CancellationToken cancellationToken)
    {
        if (await Lease.TryTakeAsync(_context, Record.Id, new WorkUnit(chunk.Index), cancellationToken) is not { } lease)
        {
            return null;
        }

        var standing = await _context.Store.ReadChunkAsync(Record.Id, chunk.Index, cancellationToken);
        if (!standing.IsSealed)
        {
            return new ChunkRun(_context, this, chunk, lease, standing);
        }

        // Its claim had run out, or was given back, since the seals were read.
        _sealed.Add(chunk.Index);
        await lease.ReleaseAsync();
        return null;
    }

    private async Task RefreshChunksAsync(CancellationToken cancellationToken)
    {
        if (_layout is null && await _context.Store.ReadLayoutAsync(Record.Id, cancellationToken) is { } layout)
        {
            _layout = InputLayout.Parse(layout.Span);
        }

        foreach (var chunk in (await _context.Store.ReadSealsAsync(Record.Id, cancellationToken)).Keys)
        {
            _sealed.Add(chunk);
        }

        _rate.Note(Sealed());
    }

    private int Sealed() => _layout is null ? 0 : _sealed.Sum(chunk => _layout.Chunks[chunk].Lines);
}
