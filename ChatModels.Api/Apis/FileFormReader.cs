using System.Text;
using ChatModels.Api.Errors;
using ChatModels.Batches.Files;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ChatModels.Api.Apis;

/// <summary>Reads an upload: the file goes to the store as it comes, and no more of it is in memory than one buffer.</summary>
internal sealed class FileFormReader(HttpContext http, FileCatalogue files)
{
    private const int BufferSize = 128 * 1024;
    private const int LongestField = 1024;
    private const int MostSections = 16;
    private const int LongestName = 255;

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private FileUpload? _upload;
    private string _filename = "file";

    /// <summary>The file, or why there is none.</summary>
    public async Task<(FileRecord? File, OpenAiProblem? Problem)> ReadAsync(CancellationToken cancellationToken)
    {
        if (Refusal(http.Request, out var boundary) is { } refusal)
        {
            return (null, refusal);
        }

        // The file bounds itself; what surrounds it is small.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        try
        {
            return await ReadSectionsAsync(boundary, cancellationToken) is { } problem ? (null, problem) : await FinishAsync(cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            return (null, Invalid($"The form can't be read: {exception.Message}"));
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Invalid("The form ends in the middle."));
        }
        finally
        {
            if (_upload is not null)
            {
                await _upload.DisposeAsync();
            }
        }
    }

    private static OpenAiProblem? Refusal(HttpRequest request, out string boundary)
    {
        boundary = "";
        if (request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            // A form is something that any web page may send anywhere, which matters where no key is needed.
            return new OpenAiProblem(ErrorCodes.Forbidden, "Files are not taken from other sites' web pages.");
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.MediaType != "multipart/form-data" || type.Boundary.Length == 0)
        {
            return new OpenAiProblem(ErrorCodes.UnsupportedMediaType, "Send the file as a form, with the header 'Content-Type: multipart/form-data; boundary=...'.");
        }

        boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        return boundary.Length <= 70 ? null : Invalid("The form's boundary is longer than 70 characters.");
    }

    private async Task<OpenAiProblem?> ReadSectionsAsync(string boundary, CancellationToken cancellationToken)
    {
        var reader = new MultipartReader(boundary, http.Request.Body);
        for (var count = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; count++)
        {
            if (count == MostSections)
            {
                return Invalid($"The form has more than {MostSections} fields.");
            }

            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                return Invalid("A part of the form has no 'Content-Disposition: form-data; name=...'.");
            }

            var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
            var problem = name == "file" ? await ReadFileAsync(section, disposition, cancellationToken) : await ReadFieldAsync(section, name, cancellationToken);
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    private async Task<OpenAiProblem?> ReadFileAsync(MultipartSection section, ContentDispositionHeaderValue disposition, CancellationToken cancellationToken)
    {
        if (_upload is not null)
        {
            return Invalid("The form has more than one 'file'; send one at a time.", "file");
        }

        _upload = await files.BeginAsync(cancellationToken);
        if (_upload is null)
        {
            return new OpenAiProblem(ErrorCodes.FileStorageFull, "There are too many files; delete some, or raise ChatModels:Files:MaxFiles.");
        }

        var given = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString();
        _filename = given.Length is > 0 and <= LongestName ? given : _filename;
        var buffer = new byte[BufferSize];
        while (await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var read)
        {
            await _upload.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (_upload.IsTooLarge)
            {
                return new OpenAiProblem(ErrorCodes.RequestTooLarge, $"The file is larger than {_upload.MostBytes / (1024 * 1024)} MB ({_upload.MostBytes} bytes); split it.", "file");
            }
        }

        return null;
    }

    private async Task<OpenAiProblem?> ReadFieldAsync(MultipartSection section, string name, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestField + 1];
        var read = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (read > LongestField)
        {
            return Invalid($"The field '{(name.Length <= 64 ? name : name[..64])}' is longer than {LongestField} bytes.");
        }

        _fields[name] = Encoding.UTF8.GetString(buffer.AsSpan(0, read));
        return null;
    }

    private async Task<(FileRecord?, OpenAiProblem?)> FinishAsync(CancellationToken cancellationToken)
    {
        if (_upload is null)
        {
            return (null, Invalid("'file' is a required property.", "file"));
        }

        if (!_fields.TryGetValue("purpose", out var purpose) || purpose != FilePurposes.Batch)
        {
            return (null, Invalid(purpose is null ? "'purpose' is a required property: give 'batch'." : "'purpose' must be 'batch'; files for other purposes are not kept here.", "purpose"));
        }

        if (!Lifetimes.TryRead(_fields.GetValueOrDefault("expires_after[anchor]"), _fields.GetValueOrDefault("expires_after[seconds]"), out var lifetime))
        {
            return (null, Invalid($"'expires_after' is wrong; {Lifetimes.Cure}", "expires_after"));
        }

        return _upload.Bytes == 0
            ? (null, Invalid("The file is empty.", "file"))
            : (await files.FinishAsync(_upload, _filename, purpose, lifetime, cancellationToken), null);
    }

    private static OpenAiProblem Invalid(string message, string? param = null) => new(ErrorCodes.InvalidRequest, message, param);
}
