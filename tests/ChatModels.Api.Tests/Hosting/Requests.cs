using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ChatModels.Api.Tests.Hosting;

/// <summary>What the tests send and read, over plain HTTP.</summary>
internal static class Requests
{
    public const string SimulatorProvider = """{"type":"simulator","options":{"models":{"fast":{}}}}""";

    public static Task<HttpResponseMessage> SendAsync(
        this HttpClient client, HttpMethod method, string path, string? json, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (json is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return client.SendAsync(request, cancellationToken);
    }

    public static Task<HttpResponseMessage> GetAsync(this HttpClient client, string path, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        client.SendAsync(HttpMethod.Get, path, null, cancellationToken, headers);

    public static Task<HttpResponseMessage> PutAsync(
        this HttpClient client, string path, string json, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        client.SendAsync(HttpMethod.Put, path, json, cancellationToken, headers);

    public static Task<HttpResponseMessage> DeleteAsync(this HttpClient client, string path, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        client.SendAsync(HttpMethod.Delete, path, null, cancellationToken, headers);

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    public static string Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : "";

    public static string UniqueId(string prefix) => $"{prefix}-{Guid.NewGuid():N}";

    public static string ModelOn(string provider) => $$"""{"capabilities":["chat"],"deployments":[{"provider":"{{provider}}","model":"fast"}]}""";
}
