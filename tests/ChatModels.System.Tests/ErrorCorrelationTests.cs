using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests;

/// <summary>From an error in somebody's hands to its trace and its line in the log, through the real dashboard's HTTP API.</summary>
public sealed class ErrorCorrelationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "FR-020")]
    [Trait("Requirement", "FR-021")]
    [Trait("Requirement", "FR-022")]
    public async Task TheIdOfAnyError_FindsItsTraceAndItsLog()
    {
        if (Tools.Find("npm") is null && Tools.Find("aspire") is null)
        {
            Tools.SkipOrFail("Neither the Aspire CLI nor npm, by which it is installed, is on the PATH; the dashboard can't be started.");
        }

        await using var upstream = await FakeUpstream.StartAsync(UpstreamReply.Error(500), Cancelled);
        await using var host = await AppHostProcess.StartAsync(Cancelled);
        var dashboard = new DashboardTelemetry(host.Http, await host.UrlAsync("Dashboard", Cancelled));
        await WaitUntil.TrueAsync(async token =>
        {
            await host.PutAsync("/registry/providers/broken", new { type = "openai", endpoint = upstream.Endpoint }, token);
            await host.PutAsync("/registry/models/broken", new { deployments = new[] { new { provider = "broken", model = "m" } } }, token);
            return true;
        }, "the store, which has only just been started, to take the model", TimeSpan.FromSeconds(60), Cancelled);

        await dashboard.HasAsync(await AFailingRequestAsync(host), "chat broken", 5102, Cancelled);
        await dashboard.HasAsync(await AFailingRequestWithAnIdOfItsOwnAsync(host), "chat broken", 5102, Cancelled);
        await dashboard.HasAsync(await AFailingWriteAsync(host), "PUT /registry/models/{**id}", 5103, Cancelled);
        await dashboard.HasAsync(await AFailingBatchLineAsync(host), "batch line", 4023, Cancelled);
    }

    private static async Task<string> AFailingRequestAsync(AppHostProcess host)
    {
        using var answer = await host.Http.PostAsJsonAsync("/v1/chat/completions", new { model = "broken", messages = new[] { new { role = "user", content = "Hello" } } }, Cancelled);
        Assert.Equal(502, (int)answer.StatusCode);
        return answer.Headers.GetValues("x-request-id").Single();
    }

    private static async Task<string> AFailingRequestWithAnIdOfItsOwnAsync(AppHostProcess host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(new { model = "broken", messages = Array.Empty<object>() }) };
        request.Headers.Add("x-request-id", "an-id-of-its-own");
        using var answer = await host.Http.SendAsync(request, Cancelled);
        Assert.Equal(502, (int)answer.StatusCode);
        Assert.Equal("an-id-of-its-own", answer.Headers.GetValues("x-request-id").Single());
        return answer.Headers.GetValues("x-chatmodels-trace-id").Single();
    }

    private static async Task<string> AFailingWriteAsync(AppHostProcess host)
    {
        using var answer = await host.Http.PutAsJsonAsync("/registry/models/dangling", new { deployments = new[] { new { provider = "nobody", model = "m" } } }, Cancelled);
        Assert.Equal(400, (int)answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("traceId").GetString()!;
    }

    private static async Task<string> AFailingBatchLineAsync(AppHostProcess host)
    {
        const string Line = """{"custom_id":"one","method":"POST","url":"/v1/chat/completions","body":{"model":"broken","messages":[{"role":"user","content":"Hello"}]}}""";
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(Line)), "file", "input.jsonl" } };
        using var file = await host.Http.PostAsync("/v1/files", form, Cancelled);
        var input = (await file.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString();
        using var created = await host.Http.PostAsJsonAsync("/v1/batches", new { input_file_id = input, endpoint = "/v1/chat/completions", completion_window = "24h" }, Cancelled);
        var batch = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString();

        var errors = "";
        await WaitUntil.TrueAsync(async token =>
        {
            var now = await host.Http.GetFromJsonAsync<JsonElement>($"/v1/batches/{batch}", token);
            errors = now.TryGetProperty("error_file_id", out var id) ? id.GetString() ?? "" : "";
            return now.GetProperty("status").GetString() is "completed" && errors.Length > 0;
        }, "the batch's end and its error file", TimeSpan.FromSeconds(60), Cancelled);
        var line = JsonElement.Parse(await host.Http.GetStringAsync($"/v1/files/{errors}/content", Cancelled));
        Assert.Equal(502, line.GetProperty("response").GetProperty("status_code").GetInt32());
        return line.GetProperty("response").GetProperty("request_id").GetString()!;
    }
}
