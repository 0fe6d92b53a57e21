using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests.Faults;

/// <summary>One batch, three workers, and everything that can be done to them. The vendor counts who was asked how often.</summary>
internal sealed class BatchUnderFire : IAsyncDisposable
{
    public const int Concurrency = 16;
    private static readonly TimeSpan VendorTime = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "chatmodels-tests", Guid.NewGuid().ToString("N"));
    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);
    private readonly List<WorkerReplica> _workers = [];
    private readonly HarmedStore _store;
    private readonly int _lines;
    private FakeUpstream? _vendor;
    private ApiReplica? _api;
    private Dictionary<string, string> _settings = [];
    private string _batch = "";

    private BatchUnderFire(HarmedStore store, int lines) => (_store, _lines) = (store, lines);

    public IReadOnlyList<WorkerReplica> Workers => _workers;

    /// <summary>Lines that may have been under way whenever a worker was lost: each of those may have been asked for once more.</summary>
    public int MayRepeat { get; private set; }

    public int Repeated => _calls.Values.Sum(count => count - 1);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private HttpClient Http => _api!.Http;

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

    /// <summary>Until so much of the batch has a result.</summary>
    public Task UntilAnsweredAsync(double share) => UntilAsync(b => b.GetProperty("request_counts") is var counts
        && counts.GetProperty("completed").GetInt32() + counts.GetProperty("failed").GetInt32() >= share * _lines, $"{share:P0} of the lines");

    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> wanted, string awaited)
    {
        var seen = default(JsonElement);
        await WaitUntil.TrueAsync(async token => wanted(seen = await Http.GetFromJsonAsync<JsonElement>($"/v1/batches/{_batch}", token)), awaited, Patience, Cancelled);
        return seen;
    }

    /// <summary>Until what GET /registry/replicas says of the workers is as wanted.</summary>
    public Task UntilReplicasAsync(Func<IEnumerable<JsonElement>, bool> wanted) => WaitUntil.TrueAsync(
        async token => wanted((await Http.GetFromJsonAsync<JsonElement>("/registry/replicas", token)).GetProperty("replicas").EnumerateArray()), "the workers' work", Patience, Cancelled);

    public async Task KillAsync(int worker)
    {
        MayRepeat += Concurrency;
        var gone = _workers[worker];
        _workers.RemoveAt(worker);
        await gone.Process.KillAsync();
        await gone.DisposeAsync();
    }

    /// <summary>Asks a worker to end, as a deployment does: what is under way is finished, so nothing may be repeated.</summary>
    public async Task StopAsync(int worker)
    {
        var gone = _workers[worker];
        _workers.RemoveAt(worker);
        gone.Process.Signal(ProcessSignal.Terminate);
        Assert.Equal(0, await gone.Process.WaitForExitAsync(StopDeadline, Cancelled));
        await gone.DisposeAsync();
    }

    public async Task PauseAsync(int worker)
    {
        MayRepeat += Concurrency;
        await _workers[worker].Process.PauseAsync();
    }

    public async Task StartWorkerAsync() => _workers.Add(await WorkerReplica.StartAsync(_settings, Cancelled));

    public async Task RestartStoreAsync()
    {
        await _store.KillAsync();
        await _store.BootAsync(Cancelled);
    }

    /// <summary>Every line has exactly one result, and nobody was asked more often than the losses explain.</summary>
    public async Task AssertDoneAsync()
    {
        var batch = await UntilAsync(b => b.GetProperty("status").GetString() == "completed", "a completed batch");
        var output = await LinesAsync(batch, "output_file_id");
        var errors = await LinesAsync(batch, "error_file_id");
        TestContext.Current.TestOutputHelper?.WriteLine($"{output.Count} completed, {errors.Count} failed, {Repeated} calls repeated of at most {MayRepeat}");

        Assert.Equal(Enumerable.Range(0, _lines).Select(Id), output);
        Assert.Empty(errors);
        Assert.Equal(_lines, batch.GetProperty("request_counts").GetProperty("completed").GetInt32());
        Assert.InRange(Repeated, 0, MayRepeat);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers)
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

    private static string Id(int line) => $"line-{line}";

    private async Task PrepareAsync()
    {
        var registry = SharedStores.UniqueName();
        _settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = _store.ConnectionString,
            ["ChatModels__Registry__Name"] = registry,
            ["ChatModels__Files__Directory"] = _directory,
            ["ChatModels__Batches__Concurrency"] = $"{Concurrency}",
        };
        var completion = UpstreamReply.Completion("Done.");
        _vendor = await FakeUpstream.StartAsync(async (context, body) =>
        {
            _calls.AddOrUpdate(body.RootElement.GetProperty("messages")[0].GetProperty("content").GetString()!, 1, (_, count) => count + 1);
            await Task.Delay(VendorTime, context.RequestAborted);
            await completion(context, body);
        }, Cancelled);
        _api = await ApiReplica.StartAsync(_store.ConnectionString, registry, Cancelled, _settings);
        (await Http.PutAsJsonAsync("/registry/providers/vendor", new { type = "openai", endpoint = _vendor.Endpoint.ToString() }, Cancelled)).EnsureSuccessStatusCode();
        (await Http.PutAsJsonAsync("/registry/models/m", new { deployments = new[] { new { provider = "vendor", model = "x" } } }, Cancelled)).EnsureSuccessStatusCode();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartWorkerAsync()));
        _batch = await CreateAsync();
    }

    private async Task<string> CreateAsync()
    {
        var input = string.Join('\n', Enumerable.Range(0, _lines).Select(line =>
            $$$"""{"custom_id":"{{{Id(line)}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"{{{Id(line)}}}"}]}}"""));
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(input)), "file", "input.jsonl" } };
        using var uploaded = (await Http.PostAsync("/v1/files", form, Cancelled)).EnsureSuccessStatusCode();
        var file = (await uploaded.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString();
        using var created = (await Http.PostAsJsonAsync("/v1/batches", new { input_file_id = file, endpoint = "/v1/chat/completions", completion_window = "24h" }, Cancelled)).EnsureSuccessStatusCode();
        return (await created.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString()!;
    }

    private async Task<List<string>> LinesAsync(JsonElement batch, string field)
    {
        if (batch.GetProperty(field).GetString() is not { } file)
        {
            return [];
        }

        var text = await Http.GetStringAsync($"/v1/files/{file}/content", Cancelled);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("custom_id").GetString()!)];
    }
}
