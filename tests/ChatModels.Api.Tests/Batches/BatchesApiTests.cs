using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;
using ChatModels.Api.Tests.Chat;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Batches;

public sealed class BatchesApiTests(ApiFixture fixture)
{
    private static readonly string[] Times = ["in_progress_at", "finalizing_at", "completed_at", "expires_at"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task ABatch_IsRun_AndItsResultsComeInTheOrderOfTheInput()
    {
        var input = $"{BatchFixture.Lines("sim-fast", 150)}\n{BatchFixture.Line("sim-fast", "bad").Replace("[{", "7,\"x\":[{", StringComparison.Ordinal)}\n";
        var batch = await Client.CreatedBatchAsync(input, Cancelled, ",\"metadata\":{\"team\":\"red\"}");
        Assert.Equal(("batch", "validating", "red"), (batch.GetProperty("object").GetString(), batch.GetProperty("status").GetString(), batch.GetProperty("metadata").GetProperty("team").GetString()));

        batch = await Client.UntilAsync(batch, "completed", Cancelled);

        Assert.Equal((151, 150, 1), Counts(batch));
        Assert.All(Times, at => Assert.Equal(JsonValueKind.Number, batch.GetProperty(at).ValueKind));
        Assert.Equal(JsonValueKind.Null, batch.GetProperty("errors").ValueKind);
        var output = await Client.ResultsAsync(batch, "output_file_id", Cancelled);
        Assert.Equal(Enumerable.Range(0, 150).Select(i => $"line-{i}"), output.Select(line => line.GetProperty("custom_id").GetString()));
        Assert.All(output, line => Assert.Equal("chat.completion", line.GetProperty("response").GetProperty("body").GetProperty("object").GetString()));
        var error = Assert.Single(await Client.ResultsAsync(batch, "error_file_id", Cancelled));
        Assert.Equal(("bad", 400), (error.GetProperty("custom_id").GetString(), error.GetProperty("response").GetProperty("status_code").GetInt32()));
        Assert.Equal("messages", error.GetProperty("response").GetProperty("body").GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task ABatch_WithMistakes_FailsAndNamesTheirLines()
    {
        var batch = await Client.CreatedBatchAsync($"{BatchFixture.Line("sim-fast", "a")}\nnope\n{BatchFixture.Line("no-such-model", "b")}\n{BatchFixture.Line("sim-fast", "a")}", Cancelled);

        batch = await Client.UntilAsync(batch, "failed", Cancelled);

        Assert.Equal(
            [("invalid_json_line", 2), ("model_not_found", 3), ("duplicate_custom_id", 4)],
            batch.GetProperty("errors").GetProperty("data").EnumerateArray().Select(e => (e.GetProperty("code").GetString(), e.GetProperty("line").GetInt32())));
        Assert.Equal(JsonValueKind.Number, batch.GetProperty("failed_at").ValueKind);
        Assert.Equal(JsonValueKind.Null, batch.GetProperty("output_file_id").ValueKind);
    }

    [Fact]
    public async Task ACancelledBatch_KeepsWhatIsDone_AndSaysOfTheRestThatItIsNot()
    {
        await using var api = await TestApi.StartAsync(Cancelled, settings: new Dictionary<string, string?> { ["ChatModels:Batches:Grace"] = "00:00:01" });
        await api.UntilReadyAsync(Cancelled);
        await using var chat = await ChatFixture.StartAsync(api, (context, body) =>
            body.RootElement.GetRawText().Contains("Hi line-0\"", StringComparison.Ordinal) ? UpstreamReply.Completion("Done.")(context, body) : UpstreamReply.HangBeforeHeaders()(context, body));
        var batch = await api.Client.CreatedBatchAsync(BatchFixture.Lines(chat.Model, 200), Cancelled);
        await WaitUntil.TrueAsync(() => chat.Upstream.Requests.Count >= 20, "calls under way", cancellationToken: Cancelled);

        using var response = await api.Client.SendAsync(HttpMethod.Post, $"/v1/batches/{batch.GetProperty("id").GetString()}/cancel", null, Cancelled);
        Assert.Equal("cancelling", (await response.JsonAsync(Cancelled)).GetProperty("status").GetString());
        batch = await api.Client.UntilAsync(batch, "cancelled", Cancelled);

        Assert.Equal((200, 1, 199), Counts(batch));
        Assert.Equal("line-0", Assert.Single(await api.Client.ResultsAsync(batch, "output_file_id", Cancelled)).GetProperty("custom_id").GetString());
        var errors = await api.Client.ResultsAsync(batch, "error_file_id", Cancelled);
        Assert.Equal(199, errors.Length);
        Assert.All(errors, line => Assert.Equal("batch_cancelled", line.GetProperty("error").GetProperty("code").GetString()));
        using var again = await api.Client.SendAsync(HttpMethod.Post, $"/v1/batches/{batch.GetProperty("id").GetString()}/cancel", null, Cancelled);
        await again.IsOpenAiErrorAsync(409, "batch_not_cancellable", "invalid_request_error", Cancelled);
    }

    [Fact]
    public async Task ARefusingProvider_IsAskedMoreSlowly_AndEveryLineIsAnsweredInTheEnd()
    {
        var calls = 0;
        await using var chat = await ChatFixture.StartAsync(fixture.Api, (context, body) =>
            Interlocked.Increment(ref calls) % 4 == 1 ? UpstreamReply.Error(429, retryAfterSeconds: 1)(context, body) : UpstreamReply.Completion("Ok.")(context, body));

        var batch = await Client.UntilAsync(await Client.CreatedBatchAsync(BatchFixture.Lines(chat.Model, 40), Cancelled), "completed", Cancelled);

        Assert.Equal((40, 40, 0), Counts(batch));
    }

    [Fact]
    public async Task Events_TellHowFarABatchIs_UntilItsEnd()
    {
        var batch = await Client.CreatedBatchAsync(BatchFixture.Lines("sim-fast", 30), Cancelled);

        var text = await Client.GetStringAsync(new Uri($"/v1/batches/{batch.GetProperty("id").GetString()}/events", UriKind.Relative), Cancelled);

        var last = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1].Split('\n');
        Assert.Equal("event: end", last[0]);
        var data = JsonElement.Parse(last[1]["data: ".Length..]);
        Assert.Equal(("completed", 30, 30), (data.GetProperty("status").GetString(), data.GetProperty("answered").GetInt32(), data.GetProperty("request_counts").GetProperty("completed").GetInt32()));
    }

    [Fact]
    public async Task Events_TellWhatIsDone_WhileABatchRuns()
    {
        await using var api = await TestApi.StartAsync(Cancelled, settings: new Dictionary<string, string?> { ["ChatModels:Batches:Grace"] = "00:00:00" });
        await api.UntilReadyAsync(Cancelled);
        await using var chat = await ChatFixture.StartAsync(api, (context, body) =>
            body.RootElement.GetRawText().Contains("Hi line-9\"", StringComparison.Ordinal) ? UpstreamReply.HangBeforeHeaders()(context, body) : UpstreamReply.Completion("Done.")(context, body));
        var batch = await api.Client.CreatedBatchAsync(BatchFixture.Lines(chat.Model, 10), Cancelled);
        await using var stream = await api.Client.GetStreamAsync(new Uri($"/v1/batches/{batch.GetProperty("id").GetString()}/events", UriKind.Relative), Cancelled);
        List<(string? Status, int Total, int Answered)> told = [];
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Cancelled))
        {
            var data = JsonElement.Parse(item.Data);
            told.Add((data.GetProperty("status").GetString(), data.GetProperty("request_counts").GetProperty("total").GetInt32(), data.GetProperty("answered").GetInt32()));
            if (told[^1] == ("in_progress", 10, 9))
            {
                using var cancel = await api.Client.SendAsync(HttpMethod.Post, $"/v1/batches/{batch.GetProperty("id").GetString()}/cancel", null, Cancelled);
            }

            Assert.Equal(item.EventType == "end", told[^1].Status == "cancelled");
        }

        Assert.Contains(("in_progress", 10, 9), told);
        Assert.Equal(("cancelled", 10, 10), told[^1]);
    }

    [Fact]
    public async Task TheList_PagesFromTheNewest()
    {
        var first = (await Client.CreatedBatchAsync(BatchFixture.Lines("sim-fast", 1), Cancelled)).GetProperty("id").GetString();
        var second = (await Client.CreatedBatchAsync(BatchFixture.Lines("sim-fast", 1), Cancelled)).GetProperty("id").GetString();

        using var response = await Client.GetAsync($"/v1/batches?limit=1&after={second}", Cancelled);
        var page = await response.JsonAsync(Cancelled);

        Assert.Equal(("list", 1), (page.GetProperty("object").GetString(), page.GetProperty("data").GetArrayLength()));
        Assert.NotEqual(second, page.GetProperty("first_id").GetString());
        Assert.Equal(page.GetProperty("first_id").GetString(), page.GetProperty("last_id").GetString());
        using var found = await Client.GetAsync($"/v1/batches/{first}", Cancelled);
        Assert.Equal(first, (await found.JsonAsync(Cancelled)).GetProperty("id").GetString());
    }

    [Fact]
    public async Task TooManyUnfinishedBatches_Are429()
    {
        await using var api = await TestApi.StartAsync(Cancelled, settings: new Dictionary<string, string?> { ["ChatModels:Batches:MaxOpen"] = "1", ["ChatModels:Batches:Grace"] = "00:00:00" });
        await api.UntilReadyAsync(Cancelled);
        await using var chat = await ChatFixture.StartAsync(api, UpstreamReply.HangBeforeHeaders());
        var first = await api.Client.CreatedBatchAsync(BatchFixture.Lines(chat.Model, 1), Cancelled);

        using var refused = await api.Client.CreateBatchAsync(await api.Client.UploadedAsync(BatchFixture.Lines(chat.Model, 1), Cancelled), Cancelled);
        await refused.IsOpenAiErrorAsync(429, "too_many_batches", "rate_limit_error", Cancelled);

        using var cancel = await api.Client.SendAsync(HttpMethod.Post, $"/v1/batches/{first.GetProperty("id").GetString()}/cancel", null, Cancelled);
        await api.Client.UntilAsync(first, "cancelled", Cancelled);
    }

    [Fact]
    public async Task ACompletedBatch_IsNotCancelled_AndItsResultsLiveAsLongAsWasAsked()
    {
        var batch = await Client.CreatedBatchAsync(BatchFixture.Lines("sim-fast", 1), Cancelled, ",\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":7200}");
        batch = await Client.UntilAsync(batch, "completed", Cancelled);

        using var cancel = await Client.SendAsync(HttpMethod.Post, $"/v1/batches/{batch.GetProperty("id").GetString()}/cancel", null, Cancelled);
        var error = await cancel.IsOpenAiErrorAsync(409, "batch_not_cancellable", "invalid_request_error", Cancelled);
        Assert.Equal("Cannot cancel a batch with status 'completed'.", error.GetProperty("message").GetString());
        using var response = await Client.GetAsync($"/v1/files/{batch.GetProperty("output_file_id").GetString()}", Cancelled);
        var output = await response.JsonAsync(Cancelled);
        Assert.Equal(
            ("batch_output", $"{batch.GetProperty("id").GetString()}_output.jsonl", 7200),
            (output.GetProperty("purpose").GetString(), output.GetProperty("filename").GetString(), output.GetProperty("expires_at").GetInt64() - output.GetProperty("created_at").GetInt64()));
        using var another = await Client.CreateBatchAsync(output.GetProperty("id").GetString()!, Cancelled);
        Assert.Equal("input_file_id", (await another.IsOpenAiErrorAsync(400, "invalid_request", "invalid_request_error", Cancelled)).GetProperty("param").GetString());
    }

    [Theory]
    [InlineData(16, 64, 512, 200)]
    [InlineData(17, 64, 512, 400)]
    [InlineData(1, 65, 512, 400)]
    [InlineData(1, 64, 513, 400)]
    public async Task Metadata_HasOpenAIsLimits(int pairs, int key, int value, int status)
    {
        var metadata = string.Join(',', Enumerable.Range(0, pairs).Select(pair => $"\"{pair.ToString(CultureInfo.InvariantCulture).PadLeft(key, 'k')}\":\"{new string('v', value)}\""));
        using var response = await Client.CreateBatchAsync(await Client.UploadedAsync(BatchFixture.Lines("sim-fast", 1), Cancelled), Cancelled, $",\"metadata\":{{{metadata}}}");

        var body = await response.JsonAsync(Cancelled);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 200 ? pairs : 0, body.TryGetProperty("metadata", out var kept) ? kept.EnumerateObject().Count() : 0);
        Assert.Equal(status == 200 ? null : "metadata", body.TryGetProperty("error", out var error) ? error.GetProperty("param").GetString() : null);
    }

    [Theory]
    [InlineData("{}", "input_file_id")]
    [InlineData("[]", null)]
    [InlineData("{\"input_file_id\":\"file-none\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}", "input_file_id")]
    [InlineData("{\"input_file_id\":\"../x\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}", "input_file_id")]
    [InlineData("{\"input_file_id\":\"f\",\"endpoint\":\"/v1/responses\",\"completion_window\":\"24h\"}", "endpoint")]
    [InlineData("{\"input_file_id\":\"f\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"1h\"}", "completion_window")]
    [InlineData("{\"input_file_id\":\"f\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\",\"metadata\":{\"a\":1}}", "metadata")]
    [InlineData("{\"input_file_id\":\"f\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\",\"metdata\":{}}", "metdata")]
    [InlineData("{\"input_file_id\":\"f\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\",\"output_expires_after\":{\"anchor\":\"created_at\",\"seconds\":5}}", "output_expires_after")]
    public async Task ABadRequest_Is400_AndNamesTheField(string body, string? param)
    {
        using var response = await Client.SendAsync(HttpMethod.Post, "/v1/batches", body, Cancelled);

        var error = await response.IsOpenAiErrorAsync(400, "invalid_request", "invalid_request_error", Cancelled);
        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task WhatIsNotThere_Is404()
    {
        foreach (var path in new[] { "/v1/batches/batch_none", "/v1/batches/batch_none/events", "/v1/files/file-none", "/v1/files/file-none/content" })
        {
            using var response = await Client.GetAsync(path, Cancelled);
            await response.IsOpenAiErrorAsync(404, "not_found", "invalid_request_error", Cancelled);
        }
    }

    private static (int, int, int) Counts(JsonElement batch)
    {
        var counts = batch.GetProperty("request_counts");
        return (counts.GetProperty("total").GetInt32(), counts.GetProperty("completed").GetInt32(), counts.GetProperty("failed").GetInt32());
    }
}
