using ChatModels.Batches.Files;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using ChatModels.Telemetry;
using Microsoft.Extensions.Logging;

namespace ChatModels.Batches.Running;

/// <summary>What every part of a worker works with.</summary>
internal sealed partial class RunnerContext(
    IBatchStore store, IFileStore files, FileCatalogue catalogue, ILineCaller caller, IModelNames models, BatchOptions options, FileStoreOptions fileOptions, TimeProvider time,
    Chance chance, ILogger logger) : IDisposable
{
    private readonly LogBudget _badLines = new(time);

    public IBatchStore Store => store;

    public IFileStore Files => files;

    public FileCatalogue Catalogue => catalogue;

    public ILineCaller Caller => caller;

    public IModelNames Models => models;

    public BatchOptions Options => options;

    public FileStoreOptions FileOptions => fileOptions;

    public TimeProvider Time => time;

    public Chance Chance => chance;

    public LineSlots Slots { get; } = new(options.Concurrency, time);

    /// <summary>Set when there may be something to claim or to advance.</summary>
    public Signal Wake { get; } = new();

    /// <summary>Whether an operator wants nothing new to be begun here.</summary>
    public Func<bool> IsDraining { get; init; } = () => false;

    public void TellBadLine(string batch, int line, LineAnswer answer)
    {
        if (_badLines.TryTake(out var unlogged))
        {
            LogBadLine(batch, line, answer.Status, answer.Code ?? "unknown", unlogged);
        }
    }

    public void Dispose() => Slots.Dispose();

    [LoggerMessage(4041, LogLevel.Debug, "A claim of batch {BatchId} could not be given back; it runs out by itself")]
    public partial void LogNotReleased(string batchId);

    [LoggerMessage(4042, LogLevel.Debug, "A chunk of batch {BatchId} was left: {Reason}")]
    public partial void LogChunkLeft(string batchId, string reason);

    [LoggerMessage(4021, LogLevel.Warning, "Line {Line} of batch {BatchId} was under way whenever a worker was lost, {Lost} times; it gets an error instead of another try")]
    public partial void LogPoison(string batchId, int line, int lost);

    [LoggerMessage(4022, LogLevel.Error, "Line {Line} of batch {BatchId} failed unexpectedly")]
    public partial void LogLineFailed(Exception exception, string batchId, int line);

    [LoggerMessage(4005, LogLevel.Error, "Work on batch {BatchId} failed unexpectedly; it is tried again")]
    public partial void LogFailed(Exception exception, string batchId);

    [LoggerMessage(4004, LogLevel.Warning, "Batch {BatchId} waits for room: {Reason}")]
    public partial void LogNoRoom(string batchId, string reason);

    [LoggerMessage(4001, LogLevel.Information, "Batch {BatchId} has {Lines} lines in {Chunks} chunks")]
    public partial void LogStarted(string batchId, int lines, int chunks);

    [LoggerMessage(4002, LogLevel.Information, "Batch {BatchId} is {How}: {Completed} lines completed, {Failed} failed")]
    public partial void LogEnded(string batchId, BatchClosing how, int completed, int failed);

    [LoggerMessage(4003, LogLevel.Warning, "Batch {BatchId} is failed: {Reason}")]
    public partial void LogRefused(string batchId, string reason);

    [LoggerMessage(4011, LogLevel.Warning, "The store of the batches can't be used; trying again: {Reason}")]
    public partial void LogStoreDown(string reason);

    [LoggerMessage(4012, LogLevel.Information, "The store of the batches can be used again")]
    public partial void LogStoreUp();

    [LoggerMessage(4013, LogLevel.Information, "Stopping: {Chunks} chunks with {Lines} lines under way are finished or handed back")]
    public partial void LogDraining(int chunks, int lines);

    [LoggerMessage(4023, LogLevel.Information, "Line {Line} of batch {BatchId} got {Status} {Code} ({Unlogged} such lines before it not logged)")]
    private partial void LogBadLine(string batchId, int line, int status, string code, long unlogged);

    [LoggerMessage(4014, LogLevel.Information, "Drained by an operator: {Chunks} chunks under way are finished, and nothing new is begun")]
    public partial void LogDrained(int chunks);

    [LoggerMessage(4015, LogLevel.Information, "New work is taken again")]
    public partial void LogTakesWork();

    [LoggerMessage(4031, LogLevel.Information, "Model {Model} refuses calls; {Limit:0.#} at once from now on, none for {Wait}")]
    public partial void LogLimited(string model, double limit, TimeSpan wait);
}
