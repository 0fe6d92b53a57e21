using System.Net.Http.Headers;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Batches;

public sealed class FilesApiTests(ApiFixture fixture)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private HttpClient Client => fixture.Client;

    [Fact]
    public async Task AFile_IsUploaded_Listed_Read_AndDeleted()
    {
        using var uploaded = await Client.UploadAsync("0123456789", Cancelled, ("purpose", "batch"), ("expires_after[anchor]", "created_at"), ("expires_after[seconds]", "3600"));
        var file = await uploaded.JsonAsync(Cancelled);
        var id = file.GetProperty("id").GetString()!;
        Assert.Equal(
            ("file", 10, "input.jsonl", "batch", "processed", 3600),
            (file.GetProperty("object").GetString(), file.GetProperty("bytes").GetInt32(), file.GetProperty("filename").GetString(), file.GetProperty("purpose").GetString(),
                file.GetProperty("status").GetString(), file.GetProperty("expires_at").GetInt64() - file.GetProperty("created_at").GetInt64()));

        using var list = await Client.GetAsync("/v1/files?purpose=batch", Cancelled);
        Assert.Contains((await list.JsonAsync(Cancelled)).GetProperty("data").EnumerateArray(), one => one.GetProperty("id").GetString() == id);
        Assert.Equal("0123456789", await Client.GetStringAsync(new Uri($"/v1/files/{id}/content", UriKind.Relative), Cancelled));

        using var deleted = await Client.DeleteAsync($"/v1/files/{id}", Cancelled);
        Assert.True((await deleted.JsonAsync(Cancelled)).GetProperty("deleted").GetBoolean());
        using var gone = await Client.GetAsync($"/v1/files/{id}", Cancelled);
        await gone.IsOpenAiErrorAsync(404, "not_found", "invalid_request_error", Cancelled);
    }

    [Fact]
    public async Task ARange_IsAnsweredAsOne()
    {
        var id = await Client.UploadedAsync("0123456789", Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v1/files/{id}/content", UriKind.Relative)) { Headers = { Range = new RangeHeaderValue(3, 5) } };
        using var response = await Client.SendAsync(request, Cancelled);
        Assert.Equal((206, "345", "bytes 3-5/10"), ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancelled), response.Header("Content-Range")));

        using var beyond = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v1/files/{id}/content", UriKind.Relative)) { Headers = { Range = new RangeHeaderValue(30, 50) } };
        using var refused = await Client.SendAsync(beyond, Cancelled);
        await refused.IsOpenAiErrorAsync(416, "range_not_satisfiable", "invalid_request_error", Cancelled);
    }

    [Fact]
    public async Task TheList_HonoursOrderAndLimit()
    {
        var first = await Client.UploadedAsync("1", Cancelled);
        var second = await Client.UploadedAsync("2", Cancelled);

        using var response = await Client.GetAsync($"/v1/files?order=asc&limit=1&after={first}", Cancelled);
        var page = await response.JsonAsync(Cancelled);

        Assert.Single(page.GetProperty("data").EnumerateArray());
        Assert.NotEqual(first, page.GetProperty("first_id").GetString());
        foreach (var query in new[] { "limit=0", "limit=x", "order=up", "after=file-none" })
        {
            using var bad = await Client.GetAsync($"/v1/files?{query}", Cancelled);
            var error = await bad.IsOpenAiErrorAsync(400, "invalid_request", "invalid_request_error", Cancelled);
            Assert.Equal(query.Split('=')[0], error.GetProperty("param").GetString());
        }

        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData("purpose", "assistants", "purpose")]
    [InlineData("other", "batch", "purpose")]
    public async Task AnUpload_ForSomethingElse_Is400(string field, string value, string param)
    {
        using var response = await Client.UploadAsync("x", Cancelled, (field, value));

        Assert.Equal(param, (await response.IsOpenAiErrorAsync(400, "invalid_request", "invalid_request_error", Cancelled)).GetProperty("param").GetString());
    }

    [Fact]
    public async Task AnUpload_WithoutAFile_OrWithAnEmptyOne_Is400()
    {
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" } };
        using var without = await Client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, Cancelled);
        using var empty = await Client.UploadAsync("", Cancelled);

        Assert.Equal("file", (await without.IsOpenAiErrorAsync(400, "invalid_request", "invalid_request_error", Cancelled)).GetProperty("param").GetString());
        Assert.Equal("file", (await empty.IsOpenAiErrorAsync(400, "invalid_request", "invalid_request_error", Cancelled)).GetProperty("param").GetString());
    }

    [Fact]
    public async Task AnUpload_ThatIsNoForm_Is415_AndFromAnotherSite403()
    {
        using var json = await Client.SendAsync(HttpMethod.Post, "/v1/files", "{}", Cancelled);
        await json.IsOpenAiErrorAsync(415, "unsupported_media_type", "invalid_request_error", Cancelled);

        using var form = new MultipartFormDataContent { { new StringContent("x"), "file", "a" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/files", UriKind.Relative)) { Content = form, Headers = { { "Sec-Fetch-Site", "cross-site" } } };
        using var foreign = await Client.SendAsync(request, Cancelled);
        await foreign.IsOpenAiErrorAsync(403, "forbidden", "permission_error", Cancelled);
    }

    [Fact]
    public async Task LimitsOfTheInstallation_AreAnsweredClearly()
    {
        await using var api = await TestApi.StartAsync(Cancelled, settings: new Dictionary<string, string?>
        {
            ["ChatModels:Files:MaxFileBytes"] = "1000",
            ["ChatModels:Files:MaxBytes"] = "2500",
            ["ChatModels:Files:MaxFiles"] = "3",
            ["ChatModels:Batches:MaxOpen"] = "1",
        });
        await api.UntilReadyAsync(Cancelled);

        using var large = await api.Client.UploadAsync(new string('x', 1001), Cancelled);
        await large.IsOpenAiErrorAsync(413, "request_too_large", "invalid_request_error", Cancelled);
        await api.Client.UploadedAsync(new string('x', 900), Cancelled);
        await api.Client.UploadedAsync(new string('x', 900), Cancelled);
        using var full = await api.Client.UploadAsync(new string('x', 900), Cancelled);
        await full.IsOpenAiErrorAsync(507, "file_storage_full", "server_error", Cancelled);

        var file = await api.Client.UploadedAsync(new string('x', 300), Cancelled);
        using var tooMany = await api.Client.UploadAsync("x", Cancelled);
        await tooMany.IsOpenAiErrorAsync(507, "file_storage_full", "server_error", Cancelled);
        using var noRoom = await api.Client.CreateBatchAsync(file, Cancelled);
        await noRoom.IsOpenAiErrorAsync(507, "file_storage_full", "server_error", Cancelled);
    }

    [Fact]
    public async Task AFile_WhoseTimeIsOver_IsNotThere_NorForABatch()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var api = await TestApi.StartAsync(Cancelled, time: time);
        using var uploaded = await api.Client.UploadAsync("x", Cancelled, ("purpose", "batch"), ("expires_after[anchor]", "created_at"), ("expires_after[seconds]", "3600"));
        var id = (await uploaded.JsonAsync(Cancelled)).GetProperty("id").GetString()!;

        time.Advance(TimeSpan.FromSeconds(3601));

        foreach (var path in new[] { $"/v1/files/{id}", $"/v1/files/{id}/content" })
        {
            using var gone = await api.Client.GetAsync(path, Cancelled);
            await gone.IsOpenAiErrorAsync(404, "not_found", "invalid_request_error", Cancelled);
        }

        using var list = await api.Client.GetAsync("/v1/files", Cancelled);
        Assert.Empty((await list.JsonAsync(Cancelled)).GetProperty("data").EnumerateArray());
        using var batch = await api.Client.CreateBatchAsync(id, Cancelled);
        Assert.Equal("input_file_id", (await batch.IsOpenAiErrorAsync(400, "invalid_request", "invalid_request_error", Cancelled)).GetProperty("param").GetString());
    }

    [Fact]
    public async Task AnUpload_IsASpanUnderItsRequest_WithWhatBecameOfIt()
    {
        using var telemetry = new TelemetryCollector("ChatModels");
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new ByteArrayContent("0123456789"u8.ToArray()), "file", "input.jsonl" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/files", UriKind.Relative)) { Content = form, Headers = { { "traceparent", telemetry.TraceParent } } };
        using var response = await Client.SendAsync(request, Cancelled);
        var id = (await response.JsonAsync(Cancelled)).GetProperty("id").GetString();
        using var refusedForm = new MultipartFormDataContent { { new StringContent("assistants"), "purpose" }, { new ByteArrayContent("0"u8.ToArray()), "file", "input.jsonl" } };
        using var refusedRequest = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/files", UriKind.Relative)) { Content = refusedForm, Headers = { { "traceparent", telemetry.TraceParent } } };
        using var refused = await Client.SendAsync(refusedRequest, Cancelled);

        await telemetry.WaitForAsync(span => span.DisplayName == "file upload" && span.GetTagItem("error.type") is not null, "the span of a refused upload", Cancelled);

        var spans = telemetry.Finished.Where(span => span.DisplayName == "file upload").ToArray();
        Assert.Equal(new Dictionary<string, object?> { ["chatmodels.file.id"] = id, ["chatmodels.file.size"] = 10L }, spans[0].TagObjects.ToDictionary());
        Assert.Equal(new Dictionary<string, object?> { ["error.type"] = "invalid_request" }, spans[1].TagObjects.ToDictionary());
    }
}
