using System.Text;
using System.Text.Json;
using ChatModels.Api.Tests.Hosting;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.Api.Tests.Batches;

/// <summary>Uploads and batches over plain HTTP.</summary>
internal static class BatchFixture
{
    public static string Lines(string model, int count, string prefix = "line") => string.Join('\n', Enumerable.Range(0, count).Select(i => Line(model, $"{prefix}-{i}")));

    public static string Line(string model, string id) =>
        $$$"""{"custom_id":"{{{id}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"{{{model}}}","messages":[{"role":"user","content":"Hi {{{id}}}"}]}}""";

    public static Task<HttpResponseMessage> UploadAsync(this HttpClient client, string text, CancellationToken cancellationToken, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields is [] ? [("purpose", "batch")] : fields)
        {
            form.Add(new StringContent(value), name);
        }

        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", "input.jsonl");
        return client.PostAsync(new Uri("/v1/files", UriKind.Relative), form, cancellationToken);
    }

    public static async Task<string> UploadedAsync(this HttpClient client, string text, CancellationToken cancellationToken)
    {
        using var response = await client.UploadAsync(text, cancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
        return (await response.JsonAsync(cancellationToken)).GetProperty("id").GetString()!;
    }

    public static Task<HttpResponseMessage> CreateBatchAsync(this HttpClient client, string file, CancellationToken cancellationToken, string more = "") =>
        client.SendAsync(HttpMethod.Post, "/v1/batches", $$"""{"input_file_id":"{{file}}","endpoint":"/v1/chat/completions","completion_window":"24h"{{more}}}""", cancellationToken);

    public static async Task<JsonElement> CreatedBatchAsync(this HttpClient client, string text, CancellationToken cancellationToken, string more = "")
    {
        using var response = await client.CreateBatchAsync(await client.UploadedAsync(text, cancellationToken), cancellationToken, more);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.JsonAsync(cancellationToken);
    }

    public static async Task<JsonElement> UntilAsync(this HttpClient client, JsonElement batch, string status, CancellationToken cancellationToken)
    {
        var seen = batch;
        await WaitUntil.TrueAsync(async token =>
        {
            using var response = await client.GetAsync($"/v1/batches/{batch.GetProperty("id").GetString()}", token);
            seen = await response.JsonAsync(token);
            return seen.GetProperty("status").GetString() == status;
        }, $"a batch that is {status}", TimeSpan.FromSeconds(40), cancellationToken);
        return seen;
    }

    public static async Task<JsonElement[]> ResultsAsync(this HttpClient client, JsonElement batch, string field, CancellationToken cancellationToken)
    {
        var text = await client.GetStringAsync(new Uri($"/v1/files/{batch.GetProperty(field).GetString()}/content", UriKind.Relative), cancellationToken);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }
}
