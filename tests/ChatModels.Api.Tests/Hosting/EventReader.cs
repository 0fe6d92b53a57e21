using System.Text.Json;

namespace ChatModels.Api.Tests.Hosting;

/// <summary>Reads server-sent events as a client does.</summary>
internal sealed class EventReader(StreamReader lines)
{
    public static async Task<EventReader> OpenAsync(HttpClient client, string path, string? lastEventId, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream" || response.Header("x-chatmodels-registry-revision") == "")
        {
            throw new InvalidOperationException("That is no stream of events of the registry.");
        }

        return new EventReader(new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken)));
    }

    /// <summary>The next event, or comment: an event without a name.</summary>
    public async Task<ServerEvent?> ReadAsync(CancellationToken cancellationToken)
    {
        string? name = null, id = null, data = null;
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                return new ServerEvent(name, id, data is null ? default : JsonDocument.Parse(data).RootElement);
            }

            var (field, value) = line.Split(": ", 2) is [var first, var rest] ? (first, rest) : (line, "");
            (name, id, data) = (field == "event" ? value : name, field == "id" ? value : id, field == "data" ? value : data);
        }

        return null;
    }

    /// <summary>The next event that is no comment.</summary>
    public async Task<ServerEvent> NextAsync(CancellationToken cancellationToken)
    {
        while (await ReadAsync(cancellationToken) is { } read)
        {
            if (read.Name is not null)
            {
                return read;
            }
        }

        throw new InvalidOperationException("The stream has ended.");
    }
}

internal sealed record ServerEvent(string? Name, string? Id, JsonElement Data);
