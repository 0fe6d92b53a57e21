using System.Text;
using System.Text.Json;
using ChatModels.Batches;
using ChatModels.Batches.Files;
using ChatModels.Batches.Running;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using ChatModels.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Xunit;

namespace ChatModels.Tests.Batches.Running;

/// <summary>One worker over stores in memory; what a call comes to is the test's business.</summary>
internal sealed class RunnerHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Chance _chance = new(Random.Shared);
    private readonly BatchRunner _runner;
    private readonly Task _running;

    public RunnerHost(LineCall call, Action<BatchOptions>? configure = null, InMemoryBatchStore? store = null, InMemoryFileStore? files = null)
    {
        var (options, fileOptions) = (new BatchOptions { PollInterval = TimeSpan.FromMilliseconds(10), Grace = TimeSpan.Zero }, new FileStoreOptions());
        configure?.Invoke(options);
        Store = store ?? new InMemoryBatchStore(TimeProvider.System);
        Bytes = files ?? new InMemoryFileStore(fileOptions.Capacity, TimeProvider.System);
        Files = new FileCatalogue(Store, Bytes, Options.Create(fileOptions), TimeProvider.System, _chance);
        Batches = new BatchCatalogue(Store, Files, Options.Create(options), TimeProvider.System, _chance);
        var context = new RunnerContext(Store, Bytes, Files, new Caller(call), new AnyName(), options, fileOptions, TimeProvider.System, _chance, Log);
        _runner = new BatchRunner(context, new FleetPace(_ => Task.FromResult(1)), standing => Standing = standing);
        _running = Task.Factory.StartNew(
            () => _runner.RunAsync(_stop.Token), CancellationToken.None, TaskCreationOptions.DenyChildAttach, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();
    }

    /// <summary>Answers the call of a line, which is named by its custom id.</summary>
    public delegate Task<LineAnswer> LineCall(string line, CancellationToken cancellationToken);

    public static LineAnswer Good { get; } = new(200, Encoding.UTF8.GetBytes("{}"));

    public InMemoryBatchStore Store { get; }

    public InMemoryFileStore Bytes { get; }

    public FileCatalogue Files { get; }

    public BatchCatalogue Batches { get; }

    public FakeLogger Log { get; } = new();

    public QueueStanding Standing { get; private set; } = QueueStanding.Empty;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static Task<LineAnswer> NeverAsync(CancellationToken cancellationToken) =>
        Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ContinueWith<LineAnswer>(_ => throw new OperationCanceledException(cancellationToken), TaskScheduler.Default);

    /// <summary>A worker that has looked for batches once and found none: what is created with it waits for another.</summary>
    public static async Task<RunnerHost> IdleAsync(InMemoryBatchStore store, InMemoryFileStore files)
    {
        var host = new RunnerHost((_, _) => throw new InvalidOperationException("It was not to run anything."), options => options.PollInterval = TimeSpan.FromHours(1), store, files);
        await WaitUntil.TrueAsync(() => !ReferenceEquals(host.Standing, QueueStanding.Empty), "the first look", cancellationToken: Cancel);
        return host;
    }

    /// <summary>Creates a batch of so many lines, named a-0, a-1 ...</summary>
    public Task<string> CreateAsync(int lines, string prefix = "a") => CreateAsync(Enumerable.Range(0, lines).Select(line => Line($"{prefix}-{line}")));

    public async Task<string> CreateAsync(IEnumerable<string> lines)
    {
        await using var upload = (await Files.BeginAsync(Cancel))!;
        await upload.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines)), Cancel);
        var input = await Files.FinishAsync(upload, "input.jsonl", FilePurposes.Batch, null, Cancel);
        return (await Batches.CreateAsync(new BatchRequest(input.Id, "/v1/chat/completions", "24h", null, null), Cancel)).Batch!.Record.Id;
    }

    public async Task<BatchProgress> LookAsync(string batch) => (await Batches.FindAsync(batch, Cancel))!;

    public async Task<BatchProgress> UntilAsync(string batch, BatchStatus status)
    {
        var seen = await LookAsync(batch);
        await WaitUntil.TrueAsync(async _ => (seen = await LookAsync(batch)).State.Status == status, $"a batch that is {status}", TimeSpan.FromSeconds(60), Cancel);
        return seen;
    }

    /// <summary>The lines of a file of results: the custom id, and the code of its error.</summary>
    public async Task<IReadOnlyList<(string Line, string? Error)>> ResultsAsync(string? file)
    {
        await using var stream = file is null ? Stream.Null : (await Files.OpenAsync(file, Cancel))!;
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync(Cancel)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line));
        return [.. lines.Select(line => (line.GetProperty("custom_id").GetString()!, line.GetProperty("error") is { ValueKind: JsonValueKind.Object } error ? error.GetProperty("code").GetString() : null))];
    }

    public static string Line(string id, string model = "m") => $$$"""{"custom_id":"{{{id}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"{{{model}}}","line":"{{{id}}}"}}""";

    /// <summary>As SIGTERM does.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await WaitUntil.SignalAsync(_running, "the worker's end", TimeSpan.FromSeconds(60), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _runner.Dispose();
        _stop.Dispose();
    }

    private sealed class Caller(LineCall call) : ILineCaller
    {
        public Task<LineAnswer> CallAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
        {
            using var json = JsonDocument.Parse(body);
            return call(json.RootElement.GetProperty("line").GetString()!, cancellationToken);
        }
    }
}

/// <summary>A registry in which every name is a model.</summary>
internal sealed class AnyName : IModelNames
{
    public bool IsLoaded => true;

    public bool Exists(string name) => true;

    public string Resolve(string name) => name;
}
