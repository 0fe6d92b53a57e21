using System.IO.Pipelines;
using System.Net.ServerSentEvents;
using System.Text.Json;
using ChatModels.Api.Apis;
using ChatModels.Batches;
using ChatModels.Batches.Files;
using ChatModels.Batches.Stores;
using ChatModels.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Batches;

public sealed class BatchEventStreamTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryBatchStore _store;
    private readonly BatchCatalogue _batches;

    public BatchEventStreamTests()
    {
        _store = new InMemoryBatchStore(_time);
        var (chance, options) = (new Chance(Random.Shared), Options.Create(new FileStoreOptions()));
        var files = new FileCatalogue(_store, new InMemoryFileStore(options.Value.Capacity, _time), options, _time, chance);
        _batches = new BatchCatalogue(_store, files, Options.Create(new BatchOptions()), _time, chance);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ABatchThatStandsStill_IsToldAgain_WithoutAnEstimate()
    {
        await StartAsync("batch_1", lines: 10);
        var pipe = new Pipe();
        await using var body = pipe.Writer.AsStream();
        await using var events = SseParser.Create(pipe.Reader.AsStream()).EnumerateAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        using var stopping = new CancellationTokenSource();
        var running = new BatchEventStream(_batches, (await _batches.FindAsync("batch_1", Cancelled))!, _time, stopping.Token).ExecuteAsync(new DefaultHttpContext { Response = { Body = body } });
        Assert.Equal(("progress", 0, null, null), await NextAsync(events));

        await _store.AnswerAsync("batch_1", 0, 0, "o{}\n"u8.ToArray(), Cancelled);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("progress", 1, 1, 9), await NextAsync(events));

        _time.Advance(TimeSpan.FromSeconds(8));
        _time.Advance(TimeSpan.FromSeconds(7));
        var (name, answered, rate, left) = await NextAsync(events);
        Assert.Equal(("progress", 1, null), (name, answered, left));
        Assert.True(rate is null or 0, $"The rate is {rate}.");

        await stopping.CancelAsync();
        await running;
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private async Task StartAsync(string id, int lines)
    {
        var now = _time.GetUtcNow();
        var record = new BatchRecord { Id = id, InputFile = "file-1", Endpoint = "/v1/chat/completions", Window = "24h", CreatedAt = now, ExpiresAt = now };
        await _store.AddAsync(RecordKind.Batch, new CatalogueEntry(id, now, null, JsonSerializer.SerializeToUtf8Bytes(record, BatchJson.Default.BatchRecord)), Cancelled);
        await _store.TakeStepAsync(id, BatchStep.Started, JsonSerializer.SerializeToUtf8Bytes(new StartedStep(now, lines, 1), BatchJson.Default.StartedStep), Cancelled);
    }

    private static async Task<(string Name, int Answered, double? PerSecond, long? Left)> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        Assert.True(await events.MoveNextAsync());
        var data = JsonElement.Parse(events.Current.Data);
        return (
            events.Current.EventType,
            data.GetProperty("answered").GetInt32(),
            data.TryGetProperty("lines_per_second", out var rate) ? rate.GetDouble() : null,
            data.TryGetProperty("seconds_left", out var left) ? left.GetInt64() : null);
    }
}
