using ChatModels.Batches.Input;
using ChatModels.Batches.Stores;
using ChatModels.Registry.Stores;

namespace ChatModels.Batches.Running;

/// <summary>One claimed chunk: tries its lines, keeps their results, and seals it when it has them all. What it can't finish it hands back.</summary>
internal sealed partial class ChunkRun : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly RunnerContext _context;
    private readonly BatchJob _job;
    private readonly InputChunk _chunk;
    private readonly Lease _lease;
    private readonly ChunkStanding _standing;

    // Ended when no more lines may be begun: the batch is closing, the worker stops, or the input is gone.
    private readonly CancellationTokenSource _begin;
    private readonly CancellationTokenSource _keep = new();
    private List<ChunkLine> _lines = [];

    public ChunkRun(RunnerContext context, BatchJob job, InputChunk chunk, Lease lease, ChunkStanding standing)
    {
        (_context, _job, _chunk, _lease, _standing) = (context, job, chunk, lease, standing);
        _begin = CancellationTokenSource.CreateLinkedTokenSource(job.Closing, job.Worker.Stopping);
        Unbegun = chunk.Lines - standing.Answered.Count;
    }

    public int Chunk => _chunk.Index;

    /// <summary>Lines that have not been begun.</summary>
    public int Unbegun { get; private set; }

    private string Batch => _job.Record.Id;

    private bool MayBegin => !_begin.IsCancellationRequested && _lease.MayBegin;

    public async Task RunAsync()
    {
        var keeping = _lease.KeepAsync(_keep.Token);
        try
        {
            await RunLinesAsync();
        }
        catch (StoreUnavailableException exception)
        {
            _context.LogChunkLeft(Batch, exception.Message);
        }
        finally
        {
            _keep.Cancel();
            await keeping.ForEndAsync();
        }
    }

    public void Dispose()
    {
        _begin.Dispose();
        _keep.Dispose();
    }

    private async Task RunLinesAsync()
    {
        if (await ChunkInput.ReadAsync(_context, _job.Record, _chunk, _standing, _lease.Token) is not { } lines)
        {
            await _job.InputIsGoneAsync();
            return;
        }

        _lines = lines;
        await Task.WhenAll(_lines.GroupBy(line => line.Model, StringComparer.Ordinal).Select(lines => TryAsync(lines.Key, [.. lines])));
        Unbegun = 0;
        if (_job.Closing.IsCancellationRequested)
        {
            await CloseLinesAsync();
        }

        if (_lines.TrueForAll(line => line.IsAnswered))
        {
            await SealAsync();
        }
        else
        {
            await HandBackAsync();
        }
    }

    /// <summary>What a cancelled or expired batch leaves: every line that nobody has answered is answered now.</summary>
    private async Task CloseLinesAsync()
    {
        var (code, message) = _job.WhyClosing();
        foreach (var line in _lines.Where(line => !line.IsAnswered))
        {
            await KeepAsync(line, LineRecord.Of(Batch, line.Index, line.Input.CustomId, code, message));
        }
    }

    private async Task HandBackAsync()
    {
        var left = _lines.Where(line => !line.IsAnswered).Select(line => new LineMark(line.Index, line.Lost, null)).ToArray();
        _context.LogChunkLeft(Batch, $"{left.Length} of {_chunk.Lines} lines have no result yet");
        if (!_lease.IsOver)
        {
            // Nobody was lost with these lines: they were left in good order.
            await _context.Store.MarkAsync(Batch, Chunk, left, CancellationToken.None);
            await _lease.ReleaseAsync();
        }
    }

    private async Task SealAsync()
    {
        var answers = await _context.Store.ReadAnswersAsync(Batch, Chunk, CancellationToken.None);
        if (answers.Count == _chunk.Lines)
        {
            var seal = await ChunkPart.WriteAsync(_context.Files, Batch, _chunk, answers);
            await _context.Store.SealAsync(Batch, Chunk, seal.ToString(), CancellationToken.None);
            await _context.Store.DropChunkAsync(Batch, Chunk, CancellationToken.None);
            _job.Sealed(Chunk);
        }
        else if ((await _context.Store.ReadChunkAsync(Batch, Chunk, CancellationToken.None)).IsSealed)
        {
            // Somebody else was first and has cleared it away; what was written here since belongs to nobody.
            await _context.Store.DropChunkAsync(Batch, Chunk, CancellationToken.None);
            _job.Sealed(Chunk);
        }
    }
}
