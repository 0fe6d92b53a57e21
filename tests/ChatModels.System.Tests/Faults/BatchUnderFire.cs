using System.Net.Http.Json;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests.Faults;

/// <summary>One batch, three workers, and everything that can be done to them.</summary>
internal sealed class BatchUnderFire : IAsyncDisposable
{
    public const int Concurrency = 16;
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "chatmodels-tests", Guid.NewGuid().ToString("N"));
    private readonly Lock _lock = new();
    private readonly List<GatedWorker> _workers = [];
    private readonly List<Task> _starting = [];
    private readonly HarmedStore _store;
    private readonly int _lines;
    private CountingVendor? _vendor;
    private ApiReplica? _api;
    private Dictionary<string, string> _settings = [];

    private BatchUnderFire(HarmedStore store, int lines) => (_store, _lines) = (store, lines);

    /// <summary>The workers that have started and were not killed.</summary>
    public IReadOnlyList<GatedWorker> Workers
    {
        get
        {
            lock (_lock)
            {
                return [.. _workers];
            }
        }
    }

    public CaughtWorker Caught { get; } = new();

    public BatchOverHttp Batch { get; private set; } = null!;

    /// <summary>What was done so far.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Lines that may have been under way whenever a worker was lost: each of those may have been asked for once more.</summary>
    public int MayRepeat { get; private set; }

    public int Repeated => _vendor!.Repeated;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<BatchUnderFire> StartAsync(StoreKind kind, int lines)
    {
        var batch = new BatchUnderFire(await HarmedStore.StartAsync(kind, Cancelled), lines);
        try
        {
            await batch.PrepareAsync();
            return batch;
        }
        catch
        {
            await batch.DisposeAsync();
            throw;
        }
    }

    /// <summary>Until so much of the batch has been asked for.</summary>
    public async Task UntilAskedAsync(double share)
    {
        try
        {
            await WaitUntil.TrueAsync(() => _vendor!.Asked >= share * _lines, $"{share:P1} of the lines to be asked for", Patience, Cancelled);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message} {await SummaryAsync()}", exception);
        }
    }

    public async Task KillAsync(GatedWorker worker, int underWay = Concurrency)
    {
        Faults.Add("SIGKILL");
        MayRepeat += underWay;
        Remove(worker);
        await worker.Replica.Process.KillAsync();
        await worker.DisposeAsync();
    }

    /// <summary>Asks a worker to end, as a deployment does: what is under way is finished, so nothing may be repeated.</summary>
    public async Task StopAsync(GatedWorker worker)
    {
        Remove(worker);
        worker.Replica.Process.Signal(ProcessSignal.Terminate);
        Assert.Equal(0, await worker.Replica.Process.WaitForExitAsync(StopDeadline, Cancelled));
        await worker.DisposeAsync();
    }

    public async Task PauseAsync(GatedWorker worker, int underWay = Concurrency)
    {
        Faults.Add("SIGSTOP");
        MayRepeat += underWay;
        await worker.Replica.Process.PauseAsync();
    }

    public void Continue(GatedWorker worker)
    {
        Faults.Add("SIGCONT");
        worker.Replica.Process.SignalAll(ProcessSignal.Continue);
    }

    public async Task StartWorkerAsync()
    {
        var gate = new StoreGate(_store.Port, Caught);
        try
        {
            var replica = await WorkerReplica.StartAsync(new Dictionary<string, string>(_settings) { ["ConnectionStrings__redis"] = gate.ConnectionString }, Cancelled);
            lock (_lock)
            {
                _workers.Add(new GatedWorker(replica, gate));
            }
        }
        catch
        {
            await gate.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a worker while everything else goes on.</summary>
    public void StartWorker() => _starting.Add(StartWorkerAsync());

    public Task AllStartedAsync() => Task.WhenAll(_starting);

    public async Task RestartStoreAsync()
    {
        Faults.Add("store killed");
        await _store.KillAsync();
        await _store.BootAsync(Cancelled);
    }

    /// <summary>Every line has exactly one result, and nobody was asked more often than the losses explain.</summary>
    public async Task AssertDoneAsync()
    {
        var batch = await Batch.UntilAsync("completed");
        var (output, errors) = (await Batch.ResultsAsync(batch, "output_file_id"), await Batch.ResultsAsync(batch, "error_file_id"));
        TestContext.Current.TestOutputHelper?.WriteLine($"{output.Count} completed, {errors.Count} failed, {Repeated} calls repeated of at most {MayRepeat}; {string.Join(", ", Faults)}");

        Assert.Equal(Enumerable.Range(0, _lines).Select(CountingVendor.IdOf).Order(StringComparer.Ordinal), output.Concat(errors).Order(StringComparer.Ordinal));
        Assert.Superset(Enumerable.Range(0, _lines).Where(CountingVendor.Refuses).Select(CountingVendor.IdOf).ToHashSet(), errors.ToHashSet());
        var counts = batch.GetProperty("request_counts");
        Assert.Equal((_lines, output.Count, errors.Count), (counts.GetProperty("total").GetInt32(), counts.GetProperty("completed").GetInt32(), counts.GetProperty("failed").GetInt32()));
        Assert.InRange(Repeated, 0, MayRepeat);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_starting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var worker in Workers)
        {
            await worker.DisposeAsync();
        }

        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        if (_vendor is not null)
        {
            await _vendor.DisposeAsync();
        }

        await _store.DisposeAsync();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private void Remove(GatedWorker worker)
    {
        lock (_lock)
        {
            _workers.Remove(worker);
        }
    }

    // On a busy machine a store may not answer within a write's second.
    private Task PutAsync(string path, object body) => WaitUntil.TrueAsync(async token =>
    {
        using var answer = await _api!.Http.PutAsJsonAsync(path, body, token);
        return answer.EnsureSuccessStatusCode().IsSuccessStatusCode;
    }, $"{path} to be written", TimeSpan.FromSeconds(30), Cancelled);

    private async Task<string> SummaryAsync()
    {
        var starting = _starting.Count(task => !task.IsCompleted);
        var unstarted = string.Concat(_starting.Where(task => task.IsFaulted).Select(task => $"\n{task.Exception!.InnerException!.Message}"));
        var workers = string.Concat(Workers.Select(worker => $"\nworker {worker.Replica.Process.Id}: {string.Join("\n  ", worker.Replica.Process.Lines.TakeLast(20))}"));
        return $"{_vendor!.Asked} were. {await _store.StandingAsync()} Done so far: {string.Join(", ", Faults)}. {starting} workers are starting.{unstarted}{workers}";
    }

    private async Task PrepareAsync()
    {
        var registry = SharedStores.UniqueName();
        _settings = new Dictionary<string, string>
        {
            ["ChatModels__Registry__Name"] = registry,
            ["ChatModels__Files__Directory"] = _directory,
            ["ChatModels__Batches__Concurrency"] = $"{Concurrency}",
            ["ChatModels__Batches__Lease"] = "00:00:05",
        };
        _vendor = await CountingVendor.StartAsync(_lines, Cancelled);
        _api = await ApiReplica.StartAsync(_store.ConnectionString, registry, Cancelled, _settings);
        await PutAsync("/registry/providers/vendor", new { type = "openai", endpoint = _vendor.Endpoint });
        await PutAsync("/registry/models/m", new { deployments = new[] { new { provider = "vendor", model = "x" } } });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartWorkerAsync()));
        Batch = new BatchOverHttp(_api.Http);
    }
}

/// <summary>A worker, and the gate between it and the store.</summary>
internal sealed record GatedWorker(WorkerReplica Replica, StoreGate Gate) : IAsyncDisposable
{
    // The gate first, so that nothing which it holds back gets out.
    public async ValueTask DisposeAsync()
    {
        await Gate.DisposeAsync();
        await Replica.DisposeAsync();
    }
}
