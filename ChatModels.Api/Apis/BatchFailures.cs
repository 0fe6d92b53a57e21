using System.Globalization;
using ChatModels.Api.Errors;
using ChatModels.Batches.Files;
using ChatModels.Registry.Stores;

namespace ChatModels.Api.Apis;

/// <summary>What files and batches have in common: their stores may be away or full, and lists have bounds.</summary>
internal static class BatchFailures
{
    /// <summary>Turns what the stores throw into answers.</summary>
    public static RouteGroupBuilder WithStoreFailures(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (StoreUnavailableException)
            {
                return new OpenAiProblem(ErrorCodes.BatchStoreUnavailable, "The store of files and batches can't be used now. Try again in a few seconds.");
            }
            catch (FileStoreFullException full)
            {
                return new OpenAiProblem(ErrorCodes.FileStorageFull, full.Message);
            }
        });
        return group;
    }

    /// <summary>The code of what the stores throw, for telemetry.</summary>
    public static string CodeOf(Exception exception) => exception switch
    {
        StoreUnavailableException => ErrorCodes.BatchStoreUnavailable,
        FileStoreFullException => ErrorCodes.FileStorageFull,
        OperationCanceledException => ErrorCodes.ClientClosed,
        _ => ErrorCodes.InternalError,
    };

    /// <summary>The list's <c>limit</c>; null when it is no number in these bounds.</summary>
    public static int? Limit(string? text, int most, int usual) =>
        text is null ? usual
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1 && limit <= most ? limit
        : null;

    public static OpenAiProblem BadLimit(int most) => new(ErrorCodes.InvalidRequest, $"'limit' must be a whole number from 1 to {most}.", "limit");

    public static OpenAiProblem BadAfter() => new(ErrorCodes.InvalidRequest, "'after' names nothing that is in this list; give the last id of the page before.", "after");
}
