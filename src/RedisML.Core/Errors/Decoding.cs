using System.Diagnostics.CodeAnalysis;

namespace RedisML.Errors;

/// <summary>The boundary around whatever makes something of bytes from elsewhere:
/// all that it throws becomes the error of that place.</summary>
static class Decoding
{
    /// <param name="toError">The error that names the place, of the reason and what was thrown.</param>
    public static T Run<T>(Func<T> decode, Func<string, Exception, RedisMLException> toError)
    {
        try
        {
            return decode();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw toError(e.Message.TrimEnd('.'), e);
        }
    }

    /// <exception cref="InvalidDataException">It doesn't hold.</exception>
    public static void Demand([DoesNotReturnIf(false)] bool holds, string otherwise)
    {
        if (!holds) throw new InvalidDataException(otherwise);
    }
}
