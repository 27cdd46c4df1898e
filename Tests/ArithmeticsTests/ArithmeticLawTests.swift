import Foundation
import Physics
import PropertyTesting
import Testing
import TestSupport

@testable import Arithmetics
