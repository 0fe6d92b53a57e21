using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatModels.Testing;
using StackExchange.Redis;

namespace ChatModels.Benchmarks.Batches;

/// <summary>A store, a vendor, an Api, and as many workers as wanted: runs one batch and measures it.</summary>
internal sealed class BatchRig : IAsyncDisposable
{
    private const int LineSize = 4096;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly RedisServer _store;
    private readonly LeanVendor _vendor;
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "chatmodels-benchmarks", Guid.NewGuid().ToString("N"));
    private readonly List<BatchProcess> _workers = [];
    private BatchProcess? _api;
    private IDatabase? _database;

    private BatchRig(RedisServer store, LeanVendor vendor) => (_store, _vendor) = (store, vendor);

    public LeanVendor Vendor => _vendor;

    public IReadOnlyList<BatchProcess> Workers => _workers;

    private Dictionary<string, string> Settings => new() { ["ConnectionStrings__redis"] = _store.ConnectionString, ["ChatModels__Files__Directory"] = _directory };

    public static async Task<BatchRig> StartAsync(int workers)
    {
        var rig = new BatchRig(await RedisServer.StartAsync(), await LeanVendor.StartAsync());
        rig._database = (await ConnectionMultiplexer.ConnectAsync(rig._store.ConnectionString)).GetDatabase();
        rig._api = await BatchProcess.StartAsync("ChatModels.Api", rig.Settings);
        (await rig._api.Http.PutAsJsonAsync("/registry/providers/vendor", new { type = "openai", endpoint = rig._vendor.Endpoint })).EnsureSuccessStatusCode();
        (await rig._api.Http.PutAsJsonAsync("/registry/models/m", new { deployments = new[] { new { provider = "vendor", model = "x" } } })).EnsureSuccessStatusCode();
        for (var i = 0; i < workers; i++)
        {
            rig._workers.Add(await BatchProcess.StartAsync("ChatModels.Worker", rig.Settings));
        }

        return rig;
    }

    /// <summary>Runs one batch to its end.</summary>
    public async Task<BatchRunFigures> RunAsync(int lines, TimeSpan vendorTime)
    {
        _vendor.Wait = vendorTime;
        _vendor.Reset();
        var file = await UploadAsync(lines);
        var before = await CostAsync();
        var created = Stopwatch.GetTimestamp();
        var batch = await CreateAsync(file);
        await UntilCompletedAsync(batch, lines);
        var ended = Stopwatch.GetTimestamp();
        var after = await CostAsync();
        return new BatchRunFigures(
            lines,
            lines / Stopwatch.GetElapsedTime(_vendor.FirstAt, ended).TotalSeconds,
            Stopwatch.GetElapsedTime(created, _vendor.FirstAt),
            (after.Commands - before.Commands) / (double)lines,
            (after.Bytes - before.Bytes) / (double)lines,
            _workers.Max(worker => worker.PeakMegabytes));
    }

    public async Task<string> CreateAsync(string file)
    {
        using var created = await _api!.Http.PostAsJsonAsync("/v1/batches", new { input_file_id = file, endpoint = "/v1/chat/completions", completion_window = "24h" });
        return (await created.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public async Task<string> UploadAsync(int lines)
    {
        var text = new string('x', LineSize - 150);
        var input = new StringBuilder();
        for (var line = 0; line < lines; line++)
        {
            input.Append(CultureInfo.InvariantCulture, $$$"""{"custom_id":"line-{{{line}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"{{{line}}} {{{text}}}"}]}}""").Append('\n');
        }

        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(input.ToString())), "file", "input.jsonl" } };
        using var uploaded = await _api!.Http.PostAsync(new Uri("/v1/files", UriKind.Relative), form);
        return (await uploaded.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public async Task UntilCompletedAsync(string batch, int lines)
    {
        // Whoever asks how far it is costs something too; before every line was called there is nothing to ask.
        for (var begun = Stopwatch.GetTimestamp(); _vendor.Calls < lines; await Task.Delay(Pause))
        {
            if (Stopwatch.GetElapsedTime(begun) > Longest)
            {
                throw new TimeoutException($"After {Longest} only {_vendor.Calls} of {lines} lines were called.");
            }
        }

        while (true)
        {
            var seen = await _api!.Http.GetFromJsonAsync<JsonElement>(new Uri($"/v1/batches/{batch}", UriKind.Relative));
            if (seen.GetProperty("status").GetString() is "completed" or "failed")
            {
                if (seen.GetProperty("request_counts").GetProperty("completed").GetInt32() != lines)
                {
                    throw new InvalidOperationException(seen.GetRawText());
                }

                return;
            }

            await Task.Delay(Pause);
        }
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

        await _vendor.DisposeAsync();
        if (_database is not null)
        {
            await _database.Multiplexer.DisposeAsync();
        }

        await _store.DisposeAsync();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private async Task<(long Commands, long Bytes)> CostAsync()
    {
        var info = (await _database!.ExecuteAsync("INFO", "stats")).ToString();
        long Of(string name) => long.Parse(info.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(':')[1].Trim(), CultureInfo.InvariantCulture);
        return (Of("total_commands_processed"), Of("total_net_input_bytes") + Of("total_net_output_bytes"));
    }
}

/// <summary>What one batch came to.</summary>
internal sealed record BatchRunFigures(int Lines, double PerSecond, TimeSpan ToFirstLine, double CommandsPerLine, double BytesPerLine, double PeakMegabytes);
