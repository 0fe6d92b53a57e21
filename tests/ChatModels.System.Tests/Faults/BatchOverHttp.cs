using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ChatModels.Testing;
using Xunit;

namespace ChatModels.System.Tests.Faults;

/// <summary>A client who creates one batch and looks at it.</summary>
internal sealed class BatchOverHttp(HttpClient http)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private string _batch = "";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task CreateAsync(int lines)
    {
        var input = string.Join('\n', Enumerable.Range(0, lines).Select(CountingVendor.IdOf).Select(id =>
            $$$"""{"custom_id":"{{{id}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"{{{id}}}"}]}}"""));
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new ByteArrayContent(Encoding.UTF8.GetBytes(input)), "file", "input.jsonl" } };
        using var uploaded = (await http.PostAsync("/v1/files", form, Cancelled)).EnsureSuccessStatusCode();
        var file = (await uploaded.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString();
        using var created = (await http.PostAsJsonAsync("/v1/batches", new { input_file_id = file, endpoint = "/v1/chat/completions", completion_window = "24h" }, Cancelled)).EnsureSuccessStatusCode();
        _batch = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString()!;
    }

    public Task<JsonElement> LookAsync(CancellationToken cancellationToken) => http.GetFromJsonAsync<JsonElement>($"/v1/batches/{_batch}", cancellationToken);

    public async Task<JsonElement> UntilAsync(string status)
    {
        var seen = default(JsonElement);
        await WaitUntil.TrueAsync(async token => (seen = await LookAsync(token)).GetProperty("status").GetString() == status, $"a batch that is {status}", Patience, Cancelled);
        return seen;
    }

    /// <summary>The custom ids of a file of results, in its order.</summary>
    public async Task<List<string>> ResultsAsync(JsonElement batch, string field)
    {
        var text = await http.GetStringAsync($"/v1/files/{batch.GetProperty(field).GetString()}/content", Cancelled);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line).GetProperty("custom_id").GetString()!)];
    }

    /// <summary>Until what GET /registry/replicas says of the workers is as wanted.</summary>
    public Task UntilReplicasAsync(Func<IEnumerable<JsonElement>, bool> wanted) => WaitUntil.TrueAsync(
        async token => wanted((await http.GetFromJsonAsync<JsonElement>("/registry/replicas", token)).GetProperty("replicas").EnumerateArray()), "the workers' work", Patience, Cancelled);
}
